//! Luma of RGB pixels, Y = 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601-7, 2.5.1), on full-range
//! samples, rounded to nearest; and gray spread over three channels.

use super::{Channels, Samples};

/// The weights times 2^16; they sum to exactly 2^16, so that white stays white.
const RED: u64 = 19595;
const GREEN: u64 = 38470;
const BLUE: u64 = 7471;

fn weigh(red: u64, green: u64, blue: u64) -> u64 {
    (RED * red + GREEN * green + BLUE * blue + (1 << 15)) >> 16
}

/// One luma sample per RGB pixel.
pub(crate) fn luma_of_rgb(rgb: &Samples) -> Samples {
    match rgb {
        Samples::U8(values) => Samples::U8(
            values.chunks_exact(3).map(|p| weigh(p[0].into(), p[1].into(), p[2].into()) as u8).collect(),
        ),
        Samples::U16(values) => Samples::U16(
            values.chunks_exact(3).map(|p| weigh(p[0].into(), p[1].into(), p[2].into()) as u16).collect(),
        ),
    }
}

/// Each gray sample three times.
pub(super) fn rgb_of_luma(luma: &Samples) -> Samples {
    fn spread<T: Copy>(values: &[T]) -> Vec<T> {
        values.iter().flat_map(|&v| [v, v, v]).collect()
    }
    match luma {
        Samples::U8(values) => Samples::U8(spread(values)),
        Samples::U16(values) => Samples::U16(spread(values)),
    }
}

/// `samples` of kind `have` as kind `want`.
pub(super) fn convert(samples: Samples, have: Channels, want: Channels) -> Samples {
    match (have, want) {
        (Channels::Rgb, Channels::Luma) => luma_of_rgb(&samples),
        (Channels::Luma, Channels::Rgb) => rgb_of_luma(&samples),
        _ => samples,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_sum_to_one_and_follow_bt601() {
        assert_eq!(RED + GREEN + BLUE, 1 << 16);
        let rgb = Samples::U8(vec![255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255]);
        assert_eq!(luma_of_rgb(&rgb), Samples::U8(vec![255, 76, 150, 29]));
        let deep = Samples::U16(vec![65535, 65535, 65535, 65535, 0, 0]);
        assert_eq!(luma_of_rgb(&deep), Samples::U16(vec![65535, 19595]));
    }

    #[test]
    fn gray_survives_the_way_to_rgb_and_back() {
        let gray = Samples::U8((0..=255).collect());
        assert_eq!(luma_of_rgb(&rgb_of_luma(&gray)), gray);
        let deep = Samples::U16((0..=65535).step_by(13).collect());
        assert_eq!(luma_of_rgb(&rgb_of_luma(&deep)), deep);
    }
}
