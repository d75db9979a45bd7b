//! The first line of a YUV4MPEG2 file.

use crate::video::{Size, Y4mProblem};

pub(in crate::video) const MAGIC: &[u8] = b"YUV4MPEG2";

/// Longest side in pixels; keeps a damaged header from requesting all memory.
const LONGEST_SIDE: usize = 32768;

/// Where a chroma sample lies among its luma samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::video) enum Siting {
    /// In the middle of them.
    Center,
    /// On the first of their columns, in the middle of their rows.
    Left,
    /// On the first of them.
    TopLeft,
}

/// How the two chroma planes lie under the luma plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::video) struct Chroma {
    /// Luma columns per chroma column: 1, 2 or 4.
    pub(in crate::video) across: usize,
    /// Luma rows per chroma row: 1 or 2.
    pub(in crate::video) down: usize,
    pub(in crate::video) siting: Siting,
    /// A fourth plane, of the size of luma, follows.
    pub(in crate::video) alpha: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::video) struct Header {
    pub(in crate::video) width: usize,
    pub(in crate::video) height: usize,
    /// `None` for gray.
    pub(in crate::video) chroma: Option<Chroma>,
    /// Bits per sample, 8 ..= 16.
    pub(in crate::video) bits: u32,
    pub(in crate::video) full_range: bool,
    /// Width to height of a sample; 1:1 where unknown.
    pub(in crate::video) aspect: (i64, i64),
    /// Frames per second.
    pub(in crate::video) rate: Option<f64>,
    /// Each frame is of two fields.
    pub(in crate::video) interlaced: bool,
}

impl Header {
    /// `line` without its line feed.
    pub(super) fn parse(line: &[u8]) -> Result<Self, Y4mProblem> {
        let line = String::from_utf8_lossy(line);
        let mut header = Header {
            width: 0,
            height: 0,
            chroma: None,
            bits: 8,
            full_range: false,
            aspect: (1, 1),
            rate: None,
            interlaced: false,
        };
        let mut space = "420jpeg";
        let mut range = None;
        for token in line.split_ascii_whitespace().skip(1) {
            let bad = || Y4mProblem::Token(token.to_owned());
            let (tag, value) = token.split_at_checked(1).ok_or_else(bad)?;
            match tag {
                "W" => header.width = value.parse().map_err(|_| bad())?,
                "H" => header.height = value.parse().map_err(|_| bad())?,
                "F" => header.rate = rate(ratio(value).ok_or_else(bad)?),
                "A" => header.aspect = aspect(ratio(value).ok_or_else(bad)?),
                "C" => space = value,
                "X" => range = value.strip_prefix("COLORRANGE=").or(range),
                "I" => header.interlaced = ["t", "b"].contains(&value),
                // Unknown tags may be skipped.
                _ => {}
            }
        }
        header.check_size()?;
        let unknown = || Y4mProblem::ColorSpace(space.to_owned());
        (header.chroma, header.bits) = color_space(space).ok_or_else(unknown)?;
        header.full_range = range.map_or(header.chroma.is_none(), |range| range == "FULL");
        Ok(header)
    }

    fn check_size(&self) -> Result<(), Y4mProblem> {
        let size = Size { width: self.width, height: self.height };
        if size.width == 0 || size.height == 0 {
            Err(Y4mProblem::NoSize)
        } else if size.width > LONGEST_SIDE || size.height > LONGEST_SIDE {
            Err(Y4mProblem::TooLarge(size))
        } else {
            Ok(())
        }
    }

    /// Bytes per sample, 1 or 2.
    pub(in crate::video) fn sample_bytes(&self) -> usize {
        if self.bits > 8 { 2 } else { 1 }
    }

    /// Size of each chroma plane in samples.
    pub(in crate::video) fn chroma_size(&self, chroma: Chroma) -> (usize, usize) {
        (self.width.div_ceil(chroma.across), self.height.div_ceil(chroma.down))
    }

    /// Bytes of the planes of one frame.
    pub(super) fn frame_bytes(&self) -> usize {
        let luma = self.width * self.height;
        let rest = self.chroma.map_or(0, |chroma| {
            let (width, height) = self.chroma_size(chroma);
            2 * width * height + if chroma.alpha { luma } else { 0 }
        });
        (luma + rest) * self.sample_bytes()
    }
}

fn ratio(text: &str) -> Option<(i64, i64)> {
    let (over, under) = text.split_once(':')?;
    Some((over.parse().ok()?, under.parse().ok()?))
}

fn rate((frames, seconds): (i64, i64)) -> Option<f64> {
    (frames > 0 && seconds > 0).then(|| frames as f64 / seconds as f64)
}

/// 0:0 means unknown: square.
fn aspect(ratio: (i64, i64)) -> (i64, i64) {
    if ratio == (0, 0) { (1, 1) } else { ratio }
}

/// `mono`, `mono12`, `420jpeg`, `422`, `444p10` and so on.
fn color_space(name: &str) -> Option<(Option<Chroma>, u32)> {
    if let Some(bits) = name.strip_prefix("mono") {
        return Some((None, depth(bits)?));
    }
    let (layout, rest) = name.split_at_checked(3)?;
    let (siting, alpha, bits) = match (layout, rest) {
        ("420", "" | "jpeg") => (Siting::Center, false, 8),
        ("420", "mpeg2") | ("422" | "411", "") => (Siting::Left, false, 8),
        ("420", "paldv") => (Siting::TopLeft, false, 8),
        ("444", "") => (Siting::Center, false, 8),
        ("444", "alpha") => (Siting::Center, true, 8),
        ("444", bits) => (Siting::Center, false, depth(bits.strip_prefix('p')?)?),
        // Nothing names it; video of this depth has it there.
        ("420" | "422", bits) => (Siting::Left, false, depth(bits.strip_prefix('p')?)?),
        _ => return None,
    };
    let (across, down) = match layout {
        "420" => (2, 2),
        "422" => (2, 1),
        "411" => (4, 1),
        _ => (1, 1),
    };
    Some((Some(Chroma { across, down, siting, alpha }), bits))
}

fn depth(bits: &str) -> Option<u32> {
    match bits {
        "" => Some(8),
        "9" | "10" | "12" | "14" | "16" => bits.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(rest: &str) -> Result<Header, Y4mProblem> {
        Header::parse(format!("YUV4MPEG2 {rest}").as_bytes())
    }

    #[test]
    fn headers_as_programs_write_them() {
        let header = parse("W33 H21 F30000:1001 Ip A64:45 C420mpeg2 XYSCSS=420MPEG2").unwrap();
        assert_eq!((header.width, header.height, header.bits), (33, 21, 8));
        assert_eq!(header.aspect, (64, 45));
        assert!((header.rate.unwrap() - 29.97).abs() < 0.001);
        assert_eq!(header.frame_bytes(), 33 * 21 + 2 * 17 * 11);
        assert!(!header.full_range);
        let header = parse("W4 H2 F25:1 It A0:0 Cmono12 XCOLORRANGE=FULL").unwrap();
        assert_eq!((header.chroma, header.bits, header.aspect), (None, 12, (1, 1)));
        assert_eq!(header.frame_bytes(), 16);
        let header = parse("W4 H2 F0:0 C422p10 XCOLORRANGE=FULL").unwrap();
        assert!(header.full_range && header.rate.is_none());
        assert_eq!(header.frame_bytes(), 2 * (8 + 2 * 4));
        assert_eq!(parse("W4 H4 C444alpha").unwrap().frame_bytes(), 64);
        assert_eq!(parse("W5 H4 C411").unwrap().frame_bytes(), 20 + 2 * 8);
    }

    #[test]
    fn bad_headers_are_named() {
        assert_eq!(parse("H2"), Err(Y4mProblem::NoSize));
        assert_eq!(parse("W4 Hx"), Err(Y4mProblem::Token("Hx".into())));
        assert_eq!(parse("W4 H2 F25"), Err(Y4mProblem::Token("F25".into())));
        assert_eq!(parse("W4 H2 C410"), Err(Y4mProblem::ColorSpace("410".into())));
        assert_eq!(parse("W4 H2 C420p11"), Err(Y4mProblem::ColorSpace("420p11".into())));
        let size = Size { width: 99999, height: 2 };
        assert_eq!(parse("W99999 H2"), Err(Y4mProblem::TooLarge(size)));
    }
}
