//! What a restoration needs, known before it starts.

use manifold::progress::Progress;

/// What a restoration needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Estimate {
    /// Frames used, as far as the container says.
    pub frames: usize,
    /// Places of the grid.
    pub places: usize,
    /// Horizontal bands; the clip is decoded once for each, and once more to stitch.
    pub bands: usize,
    /// Peak bytes of memory.
    pub memory: u64,
}

impl Estimate {
    /// Reports to `progress` what is planned.
    pub(crate) fn tell(&self, progress: &dyn Progress) {
        let parts = [(self.frames, "frames"), (self.places, "places"), (self.bands, "bands")];
        progress.planned(self.memory, &parts);
    }
}
