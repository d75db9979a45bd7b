//! Color maps: one value per place becomes one pixel.
//!
//! Viridis and Plasma are matplotlib's perceptually uniform maps (CC0, S. van der Walt and
//! N. Smith 2015), kept at every 15th of their 256 entries; between those the colors are
//! interpolated linearly, which stays within 5/255 of the full tables.

use seethru::video::{Channels, Frame, Samples};

/// A sequential, perceptually uniform color map: dark is low, bright is high.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Palette {
    Viridis,
    Plasma,
}

/// What a value that is not finite looks like.
const MISSING: [u8; 3] = [128, 128, 128];

#[rustfmt::skip]
const VIRIDIS: [[u8; 3]; 18] = [
    [68, 1, 84], [72, 23, 105], [71, 42, 122], [67, 61, 132], [61, 78, 138], [53, 94, 141],
    [46, 109, 142], [41, 123, 142], [35, 137, 142], [31, 151, 139], [33, 165, 133], [46, 179, 124],
    [70, 192, 111], [101, 203, 94], [137, 213, 72], [176, 221, 47], [216, 226, 25], [253, 231, 37],
];

#[rustfmt::skip]
const PLASMA: [[u8; 3]; 18] = [
    [13, 8, 135], [47, 5, 150], [73, 3, 160], [97, 0, 167], [120, 1, 168], [142, 12, 164],
    [162, 29, 154], [180, 46, 141], [196, 62, 127], [210, 79, 113], [222, 97, 100], [233, 114, 87],
    [243, 133, 75], [249, 154, 62], [253, 175, 49], [253, 198, 39], [248, 223, 37], [240, 249, 33],
];

impl Palette {
    /// The color at `t`, which is clamped to 0..=1; gray when `t` is not a number.
    pub(crate) fn color(self, t: f64) -> [u8; 3] {
        if t.is_nan() {
            return MISSING;
        }
        let knots = match self {
            Palette::Viridis => &VIRIDIS,
            Palette::Plasma => &PLASMA,
        };
        let at = t.clamp(0.0, 1.0) * (knots.len() - 1) as f64;
        let left = (at as usize).min(knots.len() - 2);
        let part = at - left as f64;
        std::array::from_fn(|channel| {
            let (a, b) = (f64::from(knots[left][channel]), f64::from(knots[left + 1][channel]));
            (a + (b - a) * part).round() as u8
        })
    }
}

/// One pixel per value, row by row; `low` and `high` take the palette's ends, values beyond them
/// too. Pixels past the end of `values` are gray.
pub(crate) fn map(values: &[f64], columns: usize, (low, high): (f64, f64), palette: Palette) -> Frame {
    let rows = values.len().div_ceil(columns.max(1));
    let span = high - low;
    let color = |value: &f64| match () {
        () if !value.is_finite() => MISSING,
        () if span > 0.0 => palette.color((value - low) / span),
        () => palette.color(0.5),
    };
    let mut samples: Vec<u8> = values.iter().flat_map(color).collect();
    samples.extend(MISSING.iter().cycle().take(columns * rows * 3 - samples.len()));
    Frame { width: columns, height: rows, channels: Channels::Rgb, samples: Samples::U8(samples) }
}

/// The palette from left to right, one pixel high.
pub(crate) fn color_bar(width: usize, palette: Palette) -> Frame {
    let last = width.saturating_sub(1).max(1) as f64;
    let values: Vec<f64> = (0..width).map(|x| x as f64 / last).collect();
    map(&values, width, (0.0, 1.0), palette)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luma([r, g, b]: [u8; 3]) -> f64 {
        0.2126 * f64::from(r) + 0.7152 * f64::from(g) + 0.0722 * f64::from(b)
    }

    fn samples(frame: &Frame) -> &[u8] {
        match &frame.samples {
            Samples::U8(samples) => samples,
            Samples::U16(_) => panic!("maps have 8 bits"),
        }
    }

    #[test]
    fn both_palettes_only_grow_brighter() {
        for palette in [Palette::Viridis, Palette::Plasma] {
            let brightness: Vec<f64> = (0..=100).map(|i| luma(palette.color(f64::from(i) / 100.0))).collect();
            assert!(brightness.windows(2).all(|pair| pair[0] <= pair[1] + 0.5), "{palette:?} {brightness:?}");
        }
    }

    #[test]
    fn ends_and_what_lies_beyond_them() {
        assert_eq!(Palette::Viridis.color(0.0), [68, 1, 84]);
        assert_eq!(Palette::Viridis.color(-3.0), [68, 1, 84]);
        assert_eq!(Palette::Plasma.color(1.0), [240, 249, 33]);
        assert_eq!(Palette::Plasma.color(f64::INFINITY), [240, 249, 33]);
        assert_eq!(Palette::Plasma.color(f64::NAN), MISSING);
    }

    #[test]
    fn a_map_has_one_pixel_per_value() {
        let frame = map(&[0.0, 5.0, 10.0, f64::NAN, 20.0], 3, (0.0, 10.0), Palette::Viridis);
        assert_eq!((frame.width, frame.height), (3, 2));
        let pixels: Vec<&[u8]> = samples(&frame).chunks(3).collect();
        assert_eq!(pixels[0], [68, 1, 84]);
        assert_eq!(pixels[2], [253, 231, 37]);
        assert_eq!(pixels[3], MISSING);
        assert_eq!(pixels[4], pixels[2], "values above the range take its end");
        assert_eq!(pixels[5], MISSING, "the last row is filled up");
    }

    #[test]
    fn equal_values_have_one_color_and_no_values_no_pixels() {
        let frame = map(&[7.0; 4], 2, (7.0, 7.0), Palette::Plasma);
        assert!(samples(&frame).chunks(3).all(|pixel| pixel == Palette::Plasma.color(0.5)));
        assert_eq!(samples(&map(&[], 0, (0.0, 1.0), Palette::Plasma)).len(), 0);
        assert_eq!(samples(&color_bar(256, Palette::Viridis)).len(), 3 * 256);
    }
}
