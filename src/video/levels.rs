//! Code values of luma to full-range samples.
//!
//! A limited-range code y of b bits means (y - 16 s) / (219 s) with s = 2^(b - 8) (ITU-R
//! BT.601-7, 2.5.3); a full-range one means y / (2^b - 1). Results are clamped to 0..=1, scaled
//! to 255 (b = 8) or 65535 (b in 9..=16) and rounded.

use super::{Depth, Samples};

/// A table from code values to samples.
#[derive(Clone, Debug)]
pub(super) enum Levels {
    /// 8-bit full range: nothing to do.
    Same,
    Eight(Box<[u8; 256]>),
    /// `2^bits` entries.
    Sixteen(Vec<u16>),
}

impl Levels {
    /// `bits` in 1 ..= 16; up to 8 give 8-bit samples.
    pub(super) fn new(bits: u32, full_range: bool) -> Self {
        let bits = bits.clamp(1, 16);
        if bits <= 8 {
            if bits == 8 && full_range {
                return Levels::Same;
            }
            let mut table = [0; 256];
            for (code, entry) in table.iter_mut().enumerate() {
                *entry = (share(code, bits, full_range) * 255.0).round() as u8;
            }
            return Levels::Eight(Box::new(table));
        }
        let codes = 0..1_usize << bits;
        Levels::Sixteen(codes.map(|code| (share(code, bits, full_range) * 65535.0).round() as u16).collect())
    }

    pub(super) fn depth(&self) -> Depth {
        match self {
            Levels::Same | Levels::Eight(_) => Depth::Eight,
            Levels::Sixteen(_) => Depth::Sixteen,
        }
    }

    /// An empty buffer of the right depth for `samples` samples.
    pub(super) fn buffer(&self, samples: usize) -> Samples {
        match self.depth() {
            Depth::Eight => Samples::U8(Vec::with_capacity(samples)),
            Depth::Sixteen => Samples::U16(Vec::with_capacity(samples)),
        }
    }

    /// Appends the samples of one row of byte-sized codes (little use for deeper tables, which
    /// then hold the codes 0..=255 only).
    pub(super) fn extend_bytes(&self, out: &mut Samples, codes: impl Iterator<Item = u8>) {
        match (self, out) {
            (Levels::Same, Samples::U8(out)) => out.extend(codes),
            (Levels::Eight(table), Samples::U8(out)) => {
                out.extend(codes.map(|code| table[usize::from(code)]));
            }
            (levels, out) => levels.extend_words(out, codes.map(u16::from)),
        }
    }

    /// Appends the samples of one row of codes of more than 8 bits; codes beyond the bit depth
    /// count as the highest.
    pub(super) fn extend_words(&self, out: &mut Samples, codes: impl Iterator<Item = u16>) {
        match (self, out) {
            (Levels::Sixteen(table), Samples::U16(out)) => {
                let last = table.len() - 1;
                out.extend(codes.map(|code| table[usize::from(code).min(last)]));
            }
            (_, Samples::U8(out)) => out.extend(codes.map(|code| code.min(255) as u8)),
            (_, Samples::U16(out)) => out.extend(codes),
        }
    }
}

/// What a code means, in 0..=1.
fn share(code: usize, bits: u32, full_range: bool) -> f64 {
    let code = code as f64;
    let value = if full_range {
        code / f64::from((1_u32 << bits) - 1)
    } else {
        let scale = f64::from(bits as i32 - 8).exp2();
        (code - 16.0 * scale) / (219.0 * scale)
    };
    value.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_and_white_of_every_depth_reach_the_ends() {
        for bits in 9..=16 {
            let Levels::Sixteen(limited) = Levels::new(bits, false) else { panic!() };
            let scale = 1 << (bits - 8);
            assert_eq!(limited[16 * scale], 0);
            assert_eq!(limited[235 * scale], 65535);
            assert_eq!(limited[0], 0);
            assert_eq!(*limited.last().unwrap(), 65535);
            let Levels::Sixteen(full) = Levels::new(bits, true) else { panic!() };
            assert_eq!((full[0], *full.last().unwrap()), (0, 65535));
        }
        let Levels::Eight(limited) = Levels::new(8, false) else { panic!() };
        assert_eq!((limited[16], limited[235], limited[126]), (0, 255, 128));
        assert!(matches!(Levels::new(8, true), Levels::Same));
    }
}
