//! The windows of the fusion and their spectra.

use std::sync::Arc;

use instances::fourier::{self, Complex, ComplexToReal, Fft, RealToComplex};

use crate::registration::plane::Plane;

/// Side of a window in pixels. Blur and errors of registration change from place to place: twice as
/// wide loses a tenth of what fusion gains, half as wide holds too few frequencies.
pub(super) const SIDE: usize = 16;
/// Columns of a real picture's spectrum.
pub(super) const HALF: usize = SIDE / 2 + 1;
/// Values of a window's spectrum.
pub(super) const BINS: usize = HALF * SIDE;
/// Pixels from window to window.
pub(super) const STEP: usize = SIDE / 2;

/// Windows half their side apart, the first half outside: every pixel lies in four.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub columns: usize,
    pub rows: usize,
    width: usize,
    height: usize,
}

impl Layout {
    pub(super) fn over(width: usize, height: usize) -> Layout {
        Layout { columns: width.div_ceil(STEP) + 1, rows: height.div_ceil(STEP) + 1, width, height }
    }

    pub(super) fn len(&self) -> usize {
        self.columns * self.rows
    }

    pub(super) fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Columns (or rows) of pixels under window column `at`, mirrored at the border.
    pub(super) fn pixels(at: usize, count: usize) -> impl Iterator<Item = usize> {
        (0..SIDE).map(move |i| {
            let place = (at * STEP + i) as isize - STEP as isize;
            let mirrored = if place < 0 { -1 - place } else { place } as usize;
            if mirrored < count { mirrored } else { (2 * count - 1).saturating_sub(mirrored) }
        })
    }

    /// The mean of a picture under a window.
    pub(super) fn mean(&self, picture: &Plane, column: usize, row: usize) -> f32 {
        let sum: f32 = Self::pixels(row, self.height)
            .flat_map(|y| Self::pixels(column, self.width).map(move |x| (x, y)))
            .map(|(x, y)| picture.values[y * self.width + x])
            .sum();
        sum / (SIDE * SIDE) as f32
    }

    /// Adds half of a window's rows, from its row `top`, to a stripe of the picture.
    pub(super) fn overlap(&self, tile: &[f32], column: usize, top: usize, lines: &mut [f32], width: usize) {
        for (y, line) in lines.chunks_exact_mut(width).enumerate() {
            let tile = &tile[(top + y) * SIDE..(top + y + 1) * SIDE];
            let left = column as isize * STEP as isize - STEP as isize;
            for (i, value) in tile.iter().enumerate() {
                let x = left + i as isize;
                if x >= 0 && (x as usize) < width {
                    line[x as usize] += value;
                }
            }
        }
    }
}

/// sin² at whole pixels: copies half a window apart add up to one.
pub(super) fn taper(at: usize) -> f32 {
    (std::f32::consts::PI * (at as f32 + 0.5) / SIDE as f32).sin().powi(2)
}

/// The transforms.
pub(super) struct Spectrum {
    taper: Vec<f32>,
    rows: Arc<dyn RealToComplex<f32>>,
    back: Arc<dyn ComplexToReal<f32>>,
    columns: Arc<dyn Fft<f32>>,
    columns_back: Arc<dyn Fft<f32>>,
}

pub(super) struct Scratch {
    /// Column after column.
    pub bins: [Complex<f32>; BINS],
    tile: Vec<f32>,
    line: Vec<Complex<f32>>,
    work: Vec<Complex<f32>>,
}

impl Spectrum {
    pub(super) fn new() -> Spectrum {
        let taper = (0..SIDE * SIDE).map(|at| taper(at / SIDE) * taper(at % SIDE)).collect();
        let (rows, back) = fourier::real(SIDE);
        let (columns, columns_back) = fourier::complex(SIDE);
        Spectrum { taper, rows, back, columns, columns_back }
    }

    pub(super) fn scratch(&self) -> Scratch {
        let work = self.columns.get_inplace_scratch_len().max(self.columns_back.get_inplace_scratch_len());
        let work = work.max(self.rows.get_scratch_len()).max(self.back.get_scratch_len());
        Scratch {
            bins: [Complex::ZERO; BINS],
            tile: vec![0.0; SIDE * SIDE],
            line: vec![Complex::ZERO; HALF],
            work: vec![Complex::ZERO; work],
        }
    }

    /// Fills `scratch.bins` with the spectrum of a window, less its mean, under the taper; returns the
    /// mean.
    pub(super) fn forward(
        &self,
        picture: &Plane,
        layout: Layout,
        (column, row): (usize, usize),
        scratch: &mut Scratch,
    ) -> f32 {
        let (width, height) = layout.size();
        let left = (column * STEP).wrapping_sub(STEP);
        let whole = left < width && left + SIDE <= width;
        for (line, y) in scratch.tile.chunks_exact_mut(SIDE).zip(Layout::pixels(row, height)) {
            let source = picture.row(y);
            if whole {
                line.copy_from_slice(&source[left..left + SIDE]);
            } else {
                line.iter_mut().zip(Layout::pixels(column, width)).for_each(|(value, x)| *value = source[x]);
            }
        }
        let mean = scratch.tile.iter().sum::<f32>() / (SIDE * SIDE) as f32;
        scratch.tile.iter_mut().zip(&self.taper).for_each(|(value, taper)| *value = (*value - mean) * taper);
        for (y, line) in scratch.tile.chunks_exact_mut(SIDE).enumerate() {
            // Lengths are those of the plan, so neither transform can fail.
            let _ = self.rows.process_with_scratch(line, &mut scratch.line, &mut scratch.work);
            for (x, &value) in scratch.line.iter().enumerate() {
                scratch.bins[x * SIDE + y] = value;
            }
        }
        self.columns.process_with_scratch(&mut scratch.bins, &mut scratch.work);
        mean
    }

    /// The window that has the spectrum `scratch.bins`, plus the taper times `mean`.
    pub(super) fn inverse<'s>(&self, scratch: &'s mut Scratch, mean: f32) -> &'s [f32] {
        self.columns_back.process_with_scratch(&mut scratch.bins, &mut scratch.work);
        for (y, line) in scratch.tile.chunks_exact_mut(SIDE).enumerate() {
            for (x, value) in scratch.line.iter_mut().enumerate() {
                *value = scratch.bins[x * SIDE + y];
            }
            // Rounding leaves some 1e-6 where a real signal has none.
            (scratch.line[0].im, scratch.line[HALF - 1].im) = (0.0, 0.0);
            let _ = self.back.process_with_scratch(&mut scratch.line, line, &mut scratch.work);
        }
        let scale = 1.0 / (SIDE * SIDE) as f32;
        scratch
            .tile
            .iter_mut()
            .zip(&self.taper)
            .for_each(|(value, taper)| *value = *value * scale + taper * mean);
        &scratch.tile
    }
}
