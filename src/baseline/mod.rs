//! The plain pictures that stills are compared with: temporal mean and temporal median.
//!
//! ```
//! use seethru::baseline::MeanPicture;
//! use seethru::video::{Channels, Depth, Frame, Samples};
//!
//! let mut mean = MeanPicture::new(2, 1, Channels::Luma, Depth::Eight);
//! for values in [[0, 10], [4, 30]] {
//!     let samples = Samples::U8(values.to_vec());
//!     mean.push(&Frame { width: 2, height: 1, channels: Channels::Luma, samples })?;
//! }
//! assert_eq!(mean.finish()?.samples, Samples::U8(vec![2, 20]));
//! # Ok::<(), seethru::baseline::BaselineError>(())
//! ```

mod mean;
mod median;
mod plain;

use crate::video::{Channels, Depth, Frame, Samples};

pub use mean::MeanPicture;
pub use median::median;
pub use plain::Comparisons;
pub(crate) use plain::{Plain, comparisons, estimate, mean, median_of, plan, restore};

/// Frames that do not match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BaselineError {
    /// There is no frame to take a mean of.
    #[error("a mean needs at least one frame")]
    NoFrames,
    /// A frame is of another kind than the first.
    #[error("frames of two kinds: expected {expected}, got {got}")]
    Kind {
        /// The kind of the first.
        expected: Kind,
        /// The kind of this one.
        got: Kind,
    },
    /// A frame has too few or too many samples.
    #[error("a frame of {width}x{height} with {samples} samples")]
    SampleCount {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
        /// Samples given.
        samples: usize,
    },
    /// Places lie outside the rows of the frames at hand.
    #[error("places of rows {rows:?} of the grid are not all inside rows {band:?} of the frames")]
    Band {
        /// First row of places, and the one after the last.
        rows: (usize, usize),
        /// First row of pixels at hand, and the one after the last.
        band: (usize, usize),
    },
}

/// What two frames must share to be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Gray or color.
    pub channels: Channels,
    /// Bits per sample.
    pub depth: Depth,
}

impl Kind {
    fn of(frame: &Frame) -> Kind {
        let depth = match frame.samples {
            Samples::U8(_) => Depth::Eight,
            Samples::U16(_) => Depth::Sixteen,
        };
        Kind { width: frame.width, height: frame.height, channels: frame.channels, depth }
    }

    fn samples(&self) -> usize {
        self.width * self.height * self.channels.count()
    }

    /// Fails unless the frame is of this kind and complete.
    pub(crate) fn check(&self, frame: &Frame) -> Result<(), BaselineError> {
        let got = Kind::of(frame);
        if got != *self {
            return Err(BaselineError::Kind { expected: *self, got });
        }
        let samples = match &frame.samples {
            Samples::U8(v) => v.len(),
            Samples::U16(v) => v.len(),
        };
        if samples != self.samples() {
            return Err(BaselineError::SampleCount { width: self.width, height: self.height, samples });
        }
        Ok(())
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bits = match self.depth {
            Depth::Eight => 8,
            Depth::Sixteen => 16,
        };
        let channels = match self.channels {
            Channels::Luma => "gray",
            Channels::Rgb => "color",
        };
        write!(f, "{bits}-bit {channels}, {}x{}", self.width, self.height)
    }
}
