//! What a restoration returns.

use std::time::Duration;

use crate::baseline::Comparisons;
use crate::places::Places;
use crate::registration::Registration;
use crate::video::{Frame, VideoInfo, Warning};
use manifold::progress::Stage;

/// The still, and how it was made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Restoration {
    /// The still, of the size and colors of the input's frames.
    pub still: Frame,
    /// What the input is.
    pub video: VideoInfo,
    /// Frames used, after `FrameRange`.
    pub frames_used: usize,
    /// What is known of each place; `None` for methods that pick no patches.
    pub places: Option<Places>,
    /// Where the frames lie; `None` for methods that do not register them.
    pub registration: Option<Registration>,
    /// Plain pictures, if [`Settings::comparisons`](crate::Settings) asked for them.
    pub comparisons: Option<Comparisons>,
    /// Horizontal bands the work was split into to stay under the memory limit.
    pub bands: usize,
    /// Estimated peak bytes.
    pub memory_estimate: u64,
    /// Wall time per stage, in the order they ran.
    pub timings: Vec<(Stage, Duration)>,
    /// What a user should know.
    pub warnings: Vec<Warning>,
}
