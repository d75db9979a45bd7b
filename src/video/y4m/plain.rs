//! Planes to samples in builds without FFmpeg.

use std::path::Path;

use super::header::Header;
use super::{color, resize};
use crate::video::levels::Levels;
use crate::video::{Channels, Samples, VideoError, luma};

/// Converts the frames of one stream.
pub(in crate::video) struct Planes {
    header: Header,
    levels: Levels,
    size: (usize, usize),
    channels: Channels,
}

impl Planes {
    /// Frames of `size` with these channels.
    #[expect(clippy::unnecessary_wraps, reason = "that of builds with FFmpeg can fail")]
    pub(in crate::video) fn new(
        _path: &Path,
        header: &Header,
        size: (usize, usize),
        channels: Channels,
    ) -> Result<Planes, VideoError> {
        let levels = Levels::new(header.bits, header.full_range);
        Ok(Planes { header: header.clone(), levels, size, channels })
    }

    /// One frame, whose planes lie one after the other.
    #[expect(clippy::unnecessary_wraps, reason = "that of builds with FFmpeg can fail")]
    pub(in crate::video) fn convert(&mut self, planes: &[u8]) -> Result<Samples, VideoError> {
        let luma = || color::luma(&self.header, &self.levels, planes);
        let samples = match self.channels {
            Channels::Luma => luma(),
            Channels::Rgb if self.header.chroma.is_none() => luma::rgb_of_luma(&luma()),
            Channels::Rgb => color::rgb(&self.header, planes),
        };
        Ok(resize::resize(samples, self.channels, (self.header.width, self.header.height), self.size))
    }
}
