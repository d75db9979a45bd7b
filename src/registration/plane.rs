//! One channel of a picture in floating point, and its pyramid.

use multiversion::multiversion;

/// Side of the blocks whose means make up the local mean of a level, in pixels of that level: many
/// times the strokes and grains that registration relies on, or the mean would follow them.
const BLOCK: usize = 64;
/// A level narrower than this has nothing to register.
const SMALLEST: usize = 24;

/// Gray values in 0 ..= 255 (or differences of them), row-major.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plane {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// `width * height` values.
    pub values: Vec<f32>,
}

impl Plane {
    /// A plane of zeros.
    #[must_use]
    pub fn new(width: usize, height: usize) -> Plane {
        Plane { width, height, values: vec![0.0; width * height] }
    }

    /// Sets the size; the values are arbitrary.
    pub(super) fn resize(&mut self, width: usize, height: usize) {
        (self.width, self.height) = (width, height);
        self.values.resize(width * height, 0.0);
    }

    /// From 8-bit samples, row-major.
    pub fn fill_eight(&mut self, width: usize, height: usize, samples: &[u8]) {
        self.resize(width, height);
        self.values.iter_mut().zip(samples).for_each(|(value, &sample)| *value = sample.into());
    }

    /// From 16-bit samples, row-major, divided by 257.
    pub fn fill_sixteen(&mut self, width: usize, height: usize, samples: &[u16]) {
        self.resize(width, height);
        self.values.iter_mut().zip(samples).for_each(|(value, &sample)| *value = f32::from(sample) / 257.0);
    }

    pub(super) fn row(&self, y: usize) -> &[f32] {
        &self.values[y * self.width..(y + 1) * self.width]
    }

    /// The gradient at a pixel, in gray levels per pixel; the border repeats.
    pub(super) fn gradient(&self, x: usize, y: usize) -> (f32, f32) {
        let at = |x: usize, y: usize| self.values[y * self.width + x];
        let (right, below) = ((x + 1).min(self.width - 1), (y + 1).min(self.height - 1));
        let across = at(right, y) - at(x.saturating_sub(1), y);
        (0.5 * across, 0.5 * (at(x, below) - at(x, y.saturating_sub(1))))
    }
}

/// A picture at halving sizes, the finest first, each less its local mean: lighting, shadows and
/// exposure are not motion.
#[derive(Clone, Debug, Default)]
pub(super) struct Pyramid {
    /// The smoothed levels with their means.
    smooth: Vec<Plane>,
    /// What is registered.
    pub(super) levels: Vec<Plane>,
    rows: Vec<f32>,
    blocks: Vec<f32>,
}

/// Levels of a pyramid over pictures of this size: each halves the one before as long as
/// something can be registered there.
#[must_use]
pub(super) fn levels_of(width: usize, height: usize) -> usize {
    let mut smaller = width.min(height);
    let mut levels = 1;
    while smaller.div_ceil(2) >= SMALLEST {
        smaller = smaller.div_ceil(2);
        levels += 1;
    }
    levels
}

/// How often frames of this size are halved to no more than `side` pixels each way.
pub(super) fn halvings((width, height): (usize, usize), side: usize) -> usize {
    let mut level = 0;
    while width.max(height) >> level > side && level + 1 < levels_of(width, height) {
        level += 1;
    }
    level
}

impl Pyramid {
    /// Level `at` as it was last filled, 0 the finest.
    #[must_use]
    pub(super) fn level(&self, at: usize) -> &Plane {
        &self.levels[at]
    }

    /// Level `at` with its local mean.
    pub(super) fn smooth(&self, at: usize) -> &Plane {
        &self.smooth[at]
    }

    /// Builds the `levels` finest levels over `picture`.
    pub(super) fn fill(&mut self, picture: &Plane, levels: usize) {
        self.smooth.resize_with(levels.max(self.smooth.len()), Plane::default);
        self.levels.resize_with(levels.max(self.levels.len()), Plane::default);
        binomial_3(picture, &mut self.smooth[0], &mut self.rows);
        for level in 1..levels {
            let (finer, coarser) = self.smooth.split_at_mut(level);
            halve(&finer[level - 1], &mut coarser[0], &mut self.rows);
        }
        for (smooth, level) in self.smooth.iter().zip(&mut self.levels).take(levels) {
            less_local_mean(smooth, level, &mut self.blocks);
        }
    }
}

/// [1 2 1]/4 in both directions: removes in advance what sampling between pixels would blur by different
/// amounts.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn binomial_3(from: &Plane, to: &mut Plane, line: &mut Vec<f32>) {
    let (width, height) = (from.width, from.height);
    to.resize(width, height);
    line.resize(width, 0.0);
    for y in 0..height {
        let (above, here, below) =
            (from.row(y.saturating_sub(1)), from.row(y), from.row((y + 1).min(height - 1)));
        for x in 0..width {
            line[x] = 0.25 * (above[x] + 2.0 * here[x] + below[x]);
        }
        let row = &mut to.values[y * width..(y + 1) * width];
        for (out, three) in row[1.min(width - 1)..].iter_mut().zip(line.windows(3)) {
            *out = 0.25 * (three[0] + 2.0 * three[1] + three[2]);
        }
        row[0] = 0.25 * (3.0 * line[0] + line[1.min(width - 1)]);
        row[width - 1] = 0.25 * (3.0 * line[width - 1] + line[width.saturating_sub(2)]);
    }
}

/// [1 4 6 4 1]/16 in both directions at every other pixel.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn halve(from: &Plane, to: &mut Plane, line: &mut Vec<f32>) {
    let (width, height) = (from.width, from.height);
    to.resize(width.div_ceil(2), height.div_ceil(2));
    // Two more at either end, which repeat the border.
    line.resize(width + 4, 0.0);
    for y in 0..to.height {
        let row = |offset: isize| from.row((2 * y as isize + offset).clamp(0, height as isize - 1) as usize);
        let (a, b, c, d, e) = (row(-2), row(-1), row(0), row(1), row(2));
        for x in 0..width {
            line[x + 2] = (a[x] + e[x] + 4.0 * (b[x] + d[x]) + 6.0 * c[x]) * (1.0 / 16.0);
        }
        (line[0], line[1]) = (line[2], line[2]);
        (line[width + 2], line[width + 3]) = (line[width + 1], line[width + 1]);
        let out = &mut to.values[y * to.width..(y + 1) * to.width];
        for (x, out) in out.iter_mut().enumerate() {
            let five = &line[2 * x..2 * x + 5];
            *out = (five[0] + five[4] + 4.0 * (five[1] + five[3]) + 6.0 * five[2]) * (1.0 / 16.0);
        }
    }
}

/// Subtracts the local mean: block means, interpolated between the blocks' centers.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn less_local_mean(from: &Plane, to: &mut Plane, blocks: &mut Vec<f32>) {
    let (width, height) = (from.width, from.height);
    to.resize(width, height);
    let (columns, rows) = (width.div_ceil(BLOCK), height.div_ceil(BLOCK));
    blocks.clear();
    blocks.resize(columns * rows + columns, 0.0);
    let (means, line) = blocks.split_at_mut(columns * rows);
    for (row, means) in means.chunks_exact_mut(columns).enumerate() {
        let ys = row * BLOCK..((row + 1) * BLOCK).min(height);
        let count = ys.len();
        for y in ys {
            for (mean, pixels) in means.iter_mut().zip(from.row(y).chunks(BLOCK)) {
                *mean += pixels.iter().sum::<f32>() / (pixels.len() * count) as f32;
            }
        }
    }
    let between = |at: usize, count: usize| {
        let place = (at as f32 + 0.5) / BLOCK as f32 - 0.5;
        let first = (place.floor().max(0.0) as usize).min(count - 1);
        (first, (first + 1).min(count - 1), (place - first as f32).clamp(0.0, 1.0))
    };
    for y in 0..height {
        let (above, below, share) = between(y, rows);
        for c in 0..columns {
            line[c] = means[above * columns + c] * (1.0 - share) + means[below * columns + c] * share;
        }
        let out = &mut to.values[y * width..(y + 1) * width];
        let source = from.row(y);
        // Half a block before the first center, whole blocks between centers, the rest after the last.
        let half = (BLOCK / 2).min(width);
        for x in 0..half {
            out[x] = source[x] - line[0];
        }
        for c in 0..columns {
            let start = half + c * BLOCK;
            let (left, right) = (line[c], line[(c + 1).min(columns - 1)]);
            for x in start..(start + BLOCK).min(width) {
                let share = ((x - start) as f32 + 0.5) / BLOCK as f32;
                out[x] = source[x] - (left + (right - left) * share);
            }
        }
    }
}
