//! Horizontal bands: how much of the video is in memory at a time.

use std::ops::Range;

use crate::error::Error;
use crate::settings::Settings;
use crate::video::{Channels, Depth, VideoInfo};

/// Memory of the program itself, FFmpeg's tables and the threads' stacks.
const BASE_BYTES: u64 = 60 << 20;

/// Frames that the decoder and the converter hold at a time: FFmpeg's reference frames and one in
/// flight for each of its threads.
const DECODER_FRAMES: u64 = 24;

/// Rows (of pixels, or of places) split into bands, and the estimate of peak memory that goes with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bands {
    /// All rows, in order, each once.
    pub rows: Vec<Range<usize>>,
    /// Estimated peak bytes.
    pub bytes: u64,
}

impl Bands {
    /// The fewest bands of equally many rows that stay under `limit`, if a band of these rows takes
    /// `bytes` at its peak.
    pub(crate) fn fewest(
        rows: usize,
        limit: u64,
        bytes: impl Fn(&Range<usize>) -> u64,
    ) -> Result<Bands, Error> {
        for count in 1..=rows {
            let height = rows.div_ceil(count);
            let bands = (0..rows).step_by(height).map(|at| at..(at + height).min(rows));
            let bands: Vec<_> = bands.collect();
            let peak = bands.iter().map(&bytes).max().unwrap_or(0);
            if peak <= limit {
                return Ok(Bands { rows: bands, bytes: peak });
            }
        }
        Err(Error::Memory { needed: bytes(&(0..1)), limit })
    }
}

/// Memory of decoding alone, and what is to be left for others.
pub(crate) fn decoder_bytes(info: &VideoInfo, settings: &Settings) -> u64 {
    let frame = (info.whole.width * info.whole.height * sample_bytes(info.depth)) as u64;
    settings.reserve + BASE_BYTES + frame * (DECODER_FRAMES * 3 / 2 + 2 * Channels::Rgb.count() as u64)
}

pub(crate) fn sample_bytes(depth: Depth) -> usize {
    match depth {
        Depth::Eight => 1,
        Depth::Sixteen => 2,
    }
}
