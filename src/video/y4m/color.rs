//! Planes of luma and chroma to samples.
//!
//! R = Y + 2 (1 - Kr) Cr, B = Y + 2 (1 - Kb) Cb, G = (Y - Kr R - Kb B) / (1 - Kr - Kb) with Y in
//! 0..=1 and Cb, Cr in -1/2..=1/2 (ITU-R BT.709-6, 3.2 and 3.3). The header does not name the
//! matrix: BT.709 above standard definition, BT.601 otherwise, as players guess it.

use super::header::{Chroma, Header, Siting};
use crate::video::Samples;
use crate::video::levels::Levels;

/// Kr and Kb.
const BT601: (f32, f32) = (0.299, 0.114);
const BT709: (f32, f32) = (0.2126, 0.0722);

/// Larger pictures than this are high definition.
const STANDARD_WIDTH: usize = 1279;
const STANDARD_HEIGHT: usize = 576;

/// The luma plane as full-range samples.
pub(super) fn luma(header: &Header, levels: &Levels, planes: &[u8]) -> Samples {
    let plane = &planes[..header.width * header.height * header.sample_bytes()];
    let mut samples = levels.buffer(header.width * header.height);
    if header.sample_bytes() == 1 {
        levels.extend_bytes(&mut samples, plane.iter().copied());
    } else {
        let codes = plane.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        levels.extend_words(&mut samples, codes);
    }
    samples
}

/// Full-range RGB; gray where there is no chroma.
pub(super) fn rgb(header: &Header, planes: &[u8]) -> Samples {
    let picture = Picture::new(header, planes);
    if header.bits > 8 {
        Samples::U16(picture.rgb(|v| (v.clamp(0.0, 1.0) * 65535.0).round() as u16))
    } else {
        Samples::U8(picture.rgb(|v| (v.clamp(0.0, 1.0) * 255.0).round() as u8))
    }
}

/// One frame's planes and how to read them.
struct Picture<'a> {
    header: &'a Header,
    planes: &'a [u8],
    chroma: Chroma,
    /// Luma code to 0..=1: `(code - black) * luma_scale`.
    black: f32,
    luma_scale: f32,
    /// Chroma code to -1/2..=1/2: `(code - middle) * chroma_scale`.
    middle: f32,
    chroma_scale: f32,
}

impl<'a> Picture<'a> {
    fn new(header: &'a Header, planes: &'a [u8]) -> Self {
        let unit = (1_u32 << (header.bits - 8)) as f32;
        let highest = ((1_u32 << header.bits) - 1) as f32;
        let limited = !header.full_range;
        Picture {
            header,
            planes,
            chroma: header.chroma.unwrap_or(Chroma {
                across: 1,
                down: 1,
                siting: Siting::Center,
                alpha: false,
            }),
            black: if limited { 16.0 * unit } else { 0.0 },
            luma_scale: 1.0 / if limited { 219.0 * unit } else { highest },
            middle: 128.0 * unit,
            chroma_scale: 1.0 / if limited { 224.0 * unit } else { highest },
        }
    }

    fn rgb<T>(&self, sample: impl Fn(f32) -> T) -> Vec<T> {
        let (width, height) = (self.header.width, self.header.height);
        let (chroma_width, chroma_height) = self.header.chroma_size(self.chroma);
        let across = taps(width, chroma_width, self.chroma.across, self.chroma.siting != Siting::Center);
        let down = taps(height, chroma_height, self.chroma.down, self.chroma.siting == Siting::TopLeft);
        let blue = width * height;
        let red = blue + chroma_width * chroma_height;
        let (kr, kb) = self.matrix();
        let mut out = Vec::with_capacity(width * height * 3);
        for (y, tap) in down.iter().enumerate() {
            let cb = self.chroma_row(blue, chroma_width, tap);
            let cr = self.chroma_row(red, chroma_width, tap);
            for (x, tap) in across.iter().enumerate() {
                let luma = (self.code(y * width + x) - self.black) * self.luma_scale;
                let r = luma + 2.0 * (1.0 - kr) * tap.of(&cr);
                let b = luma + 2.0 * (1.0 - kb) * tap.of(&cb);
                let g = (luma - kr * r - kb * b) / (1.0 - kr - kb);
                out.extend([sample(r), sample(g), sample(b)]);
            }
        }
        out
    }

    /// One row of a chroma plane, between two of its rows, in -1/2..=1/2.
    fn chroma_row(&self, plane: usize, width: usize, tap: &Tap) -> Vec<f32> {
        let value = |row: usize, x: usize| self.code(plane + row * width + x);
        (0..width)
            .map(|x| {
                let code = tap.mix(value(tap.first, x), value(tap.second, x));
                (code - self.middle) * self.chroma_scale
            })
            .collect()
    }

    /// The code at a place counted in samples over all planes.
    fn code(&self, at: usize) -> f32 {
        if self.header.bits > 8 {
            f32::from(u16::from_le_bytes([self.planes[2 * at], self.planes[2 * at + 1]]))
        } else {
            f32::from(self.planes[at])
        }
    }

    fn matrix(&self) -> (f32, f32) {
        let high = self.header.width > STANDARD_WIDTH || self.header.height > STANDARD_HEIGHT;
        if high { BT709 } else { BT601 }
    }
}

/// Linear interpolation between two chroma samples.
struct Tap {
    first: usize,
    second: usize,
    /// Weight of the second, 0 ..= 1.
    weight: f32,
}

impl Tap {
    fn mix(&self, first: f32, second: f32) -> f32 {
        first + (second - first) * self.weight
    }

    fn of(&self, line: &[f32]) -> f32 {
        self.mix(line[self.first], line[self.second])
    }
}

/// Where each of `length` luma samples lies among `chroma_length` chroma samples.
fn taps(length: usize, chroma_length: usize, ratio: usize, on_first: bool) -> Vec<Tap> {
    let last = chroma_length - 1;
    let shift = if on_first { 0.0 } else { 0.5 };
    (0..length)
        .map(|x| {
            let place = ((x as f32 + shift) / ratio as f32 - shift).clamp(0.0, last as f32);
            let first = place as usize;
            Tap { first, second: (first + 1).min(last), weight: place - first as f32 }
        })
        .collect()
}
