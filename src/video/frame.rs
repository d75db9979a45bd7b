//! One picture in memory.

/// Sample values, row-major, channels interleaved, no padding. 8-bit samples are full range
/// 0..=255; deeper ones are scaled to the full 0..=65535 whatever their bit depth was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Samples {
    /// Of 8 bits.
    U8(Vec<u8>),
    /// Of 16 bits.
    U16(Vec<u16>),
}

impl Samples {
    /// Number of samples (pixels times channels).
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Samples::U8(values) => values.len(),
            Samples::U16(values) => values.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The samples in 8 bits: 16-bit values are divided by 257 and rounded.
    pub fn into_eight(self) -> Vec<u8> {
        match self {
            Samples::U8(values) => values,
            Samples::U16(values) => values.into_iter().map(eight).collect(),
        }
    }

    /// The samples in 16 bits: 8-bit values are multiplied by 257.
    #[must_use]
    pub fn into_sixteen(self) -> Vec<u16> {
        match self {
            Samples::U8(values) => values.into_iter().map(|v| u16::from(v) * 257).collect(),
            Samples::U16(values) => values,
        }
    }
}

/// 0..=65535 to 0..=255, rounded to nearest.
pub(crate) fn eight(value: u16) -> u8 {
    // At most (65535 + 128) / 257 = 255: the cast never cuts.
    ((u32::from(value) + 128) / 257) as u8
}

/// Which samples a [`FrameSource`](super::FrameSource) is asked to deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channels {
    /// One channel: luma (BT.601 weights for RGB input).
    Luma,
    /// Three channels: red, green, blue.
    Rgb,
}

impl Channels {
    /// Samples per pixel.
    #[must_use]
    pub const fn count(self) -> usize {
        match self {
            Channels::Luma => 1,
            Channels::Rgb => 3,
        }
    }
}

/// A picture of `width` x `height` pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Gray or color.
    pub channels: Channels,
    /// `width * height * channels.count()` samples.
    pub samples: Samples,
}

impl Frame {
    /// Whether there are as many samples as the size says, which may be anything.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let pixels = self.width.checked_mul(self.height);
        pixels.and_then(|pixels| pixels.checked_mul(self.channels.count())) == Some(self.samples.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_beyond_64_bits_are_no_pictures() {
        let of = |width, height, channels, samples| {
            Frame { width, height, channels, samples: Samples::U8(vec![0; samples]) }.is_whole()
        };
        assert!(of(2, 3, Channels::Rgb, 18) && of(0, 7, Channels::Luma, 0));
        assert!(!of(2, 3, Channels::Rgb, 6) && !of(2, 3, Channels::Luma, 5));
        // Their products are 0 and 4 in 64 bits.
        assert!(!of(1 << 32, 1 << 32, Channels::Luma, 0) && !of((1 << 62) + 1, 4, Channels::Luma, 4));
    }

    #[test]
    fn eight_bits_survive_sixteen() {
        let all: Vec<u8> = (0..=255).collect();
        let there = Samples::U8(all.clone()).into_sixteen();
        assert_eq!(there[255], 65535);
        assert_eq!(Samples::U16(there).into_eight(), all);
        assert_eq!(eight(65535), 255);
        assert_eq!(eight(128), 0);
        assert_eq!(eight(129), 1);
    }
}
