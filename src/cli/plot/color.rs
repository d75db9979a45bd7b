//! Colors that people with and without color blindness can tell apart.

/// Red, green, blue.
pub(super) type Rgb = [u8; 3];

/// What carries no label.
pub(super) const GRAY: Rgb = [0xa8, 0xa8, 0xa8];
/// Lines and bars.
pub(super) const BLUE: Rgb = [0x00, 0x72, 0xb2];
/// The second line.
pub(super) const VERMILION: Rgb = [0xd5, 0x5e, 0x00];

/// Most classes that colors can tell apart.
pub(super) const CLASSES: usize = 20;

/// The first six are of Okabe and Ito, "Color Universal Design" (2008), without the yellow and the
/// black. Each of the others is the one farthest from those before it, by the least of its OKLab
/// distances as seen normally (times 3/4), with protanopia and with deuteranopia (Machado et al.
/// 2009), among colors that stand out from white (lightness .33 to .86).
const QUALITATIVE: [Rgb; CLASSES] = [
    [0x00, 0x72, 0xb2],
    [0xe6, 0x9f, 0x00],
    [0x00, 0x9e, 0x73],
    [0xcc, 0x79, 0xa7],
    [0x56, 0xb4, 0xe9],
    [0xd5, 0x5e, 0x00],
    [0x69, 0x00, 0x1e],
    [0x0f, 0x00, 0xa5],
    [0x5a, 0xf0, 0xb4],
    [0x4b, 0x1e, 0xff],
    [0x87, 0x4b, 0x5a],
    [0x87, 0x78, 0xff],
    [0x00, 0x3c, 0x5a],
    [0xb4, 0xd2, 0xff],
    [0xc3, 0xe1, 0x00],
    [0xc3, 0x00, 0x0f],
    [0xb4, 0xb4, 0x96],
    [0xc3, 0x1e, 0x96],
    [0x1e, 0x3c, 0xc3],
    [0xff, 0x4b, 0x69],
];

/// Viridis at 0, 1/8, … 1 (van der Walt and Smith, matplotlib 1.5).
const VIRIDIS: [Rgb; 9] = [
    [68, 1, 84],
    [71, 45, 123],
    [59, 82, 139],
    [44, 114, 142],
    [33, 145, 140],
    [40, 174, 128],
    [94, 201, 98],
    [173, 220, 48],
    [253, 231, 37],
];

/// The color of a class.
pub(super) fn class(index: usize) -> Rgb {
    QUALITATIVE.get(index).copied().unwrap_or(GRAY)
}

/// From dark blue at 0 to yellow at 1.
pub(super) fn ramp(share: f64) -> Rgb {
    let place = share.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f64;
    let first = (place as usize).min(VIRIDIS.len() - 2);
    between(VIRIDIS[first], VIRIDIS[first + 1], place - first as f64)
}

/// From blue at -1 over white to vermilion at 1.
pub(super) fn signed(value: f64) -> Rgb {
    let end = if value < 0.0 { BLUE } else { VERMILION };
    between([255; 3], end, value.abs().min(1.0))
}

fn between(from: Rgb, to: Rgb, share: f64) -> Rgb {
    std::array::from_fn(|c| (f64::from(from[c]) * (1.0 - share) + f64::from(to[c]) * share).round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ramps_end_where_they_should() {
        assert_eq!((ramp(0.0), ramp(1.0), ramp(7.0)), (VIRIDIS[0], VIRIDIS[8], VIRIDIS[8]));
        assert_eq!(ramp(0.125), VIRIDIS[1]);
        assert_eq!((signed(0.0), signed(-1.0), signed(2.0)), ([255; 3], BLUE, VERMILION));
    }

    #[test]
    fn classes_differ() {
        for a in 0..CLASSES {
            assert!((0..a).all(|b| class(a) != class(b)) && class(a) != GRAY);
        }
        assert_eq!(class(CLASSES), GRAY);
    }
}
