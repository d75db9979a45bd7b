//! One picture in memory.

/// Sample values, row-major, channels interleaved, no padding. 8-bit samples are full range
/// 0..=255; deeper ones are scaled to the full 0..=65535 whatever their bit depth was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Samples {
    U8(Vec<u8>),
    U16(Vec<u16>),
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
    pub width: usize,
    pub height: usize,
    pub channels: Channels,
    /// `width * height * channels.count()` samples.
    pub samples: Samples,
}
