//! Resampling of non-square pixels.

use image::imageops::{FilterType, resize as resample};
use image::{ImageBuffer, Luma, Pixel, Rgb};

use crate::video::{Channels, Samples};

/// `samples` of a picture of size `from` (width, height) resampled to size `to` by cubic
/// convolution (Catmull-Rom), which keeps flat areas flat.
pub(super) fn resize(
    samples: Samples,
    channels: Channels,
    from: (usize, usize),
    to: (usize, usize),
) -> Samples {
    if from == to {
        return samples;
    }
    match (samples, channels) {
        (Samples::U8(v), Channels::Luma) => Samples::U8(buffer::<Luma<u8>>(v, from, to)),
        (Samples::U8(v), Channels::Rgb) => Samples::U8(buffer::<Rgb<u8>>(v, from, to)),
        (Samples::U16(v), Channels::Luma) => Samples::U16(buffer::<Luma<u16>>(v, from, to)),
        (Samples::U16(v), Channels::Rgb) => Samples::U16(buffer::<Rgb<u16>>(v, from, to)),
    }
}

fn buffer<P>(samples: Vec<P::Subpixel>, from: (usize, usize), to: (usize, usize)) -> Vec<P::Subpixel>
where
    P: Pixel + 'static,
{
    // Sides are at most 32768 x 8: they fit. An empty picture comes back empty.
    let side = |length: usize| length as u32;
    ImageBuffer::<P, _>::from_raw(side(from.0), side(from.1), samples).map_or_else(Vec::new, |picture| {
        resample(&picture, side(to.0), side(to.1), FilterType::CatmullRom).into_raw()
    })
}
