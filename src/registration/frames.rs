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

/// Frames from anywhere, of which each is as large as they say.
pub(super) struct OfOneSize<'a>(pub &'a dyn Frames);

impl Frames for OfOneSize<'_> {
    fn count(&self) -> usize {
        self.0.count()
    }

    fn size(&self) -> (usize, usize) {
        self.0.size()
    }

    fn read(&self, at: usize, into: &mut Plane) -> io::Result<()> {
        self.0.read(at, into)?;
        let (width, height) = self.size();
        if (into.width, into.height, into.values.len()) == (width, height, width * height) {
            return Ok(());
        }
        let (values, across, down) = (into.values.len(), into.width, into.height);
        Err(io::Error::other(format!(
            "frame {at} has {across}x{down} pixels and {values} values, and {width}x{height} were announced"
        )))
    }
}

/// Frames in memory, at least one.
#[derive(Clone, Copy)]
pub(super) struct Kept<'a>(pub &'a [Plane]);

impl Frames for Kept<'_> {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn size(&self) -> (usize, usize) {
        (self.0[0].width, self.0[0].height)
    }

    fn read(&self, at: usize, into: &mut Plane) -> io::Result<()> {
        into.clone_from(&self.0[at]);
        Ok(())
    }
}
