//! Where registration takes frames from.

use std::io;

use super::plane::Plane;

/// The frames of a clip, in luma, readable in any order.
pub trait Frames: Sync {
    /// Number of frames.
    fn count(&self) -> usize;
    /// Width and height in pixels.
    fn size(&self) -> (usize, usize);
    /// Replaces `into` by frame `at`, in 0 ..= 255.
    fn read(&self, at: usize, into: &mut Plane) -> io::Result<()>;
}
