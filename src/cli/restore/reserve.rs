//! Memory that is left for what is made of a restoration.

use seethru::video::VideoInfo;

use super::plan::RestorePlan;

/// Bytes for a page and for videos, besides what a restoration needs. Found by trial at 640x480 and 1280x720 pixels: the most
/// that a run took beyond its estimate without them was 9 MiB.
pub(crate) fn reserve(info: &VideoInfo, page: bool, videos: usize) -> u64 {
    let picture = (3 * info.width * info.height) as u64;
    u64::from(page) * ((4 << 20) + 4 * picture) + videos as u64 * ((8 << 20) + 4 * picture)
}

impl RestorePlan {
    /// Leaves memory for its outputs.
    pub(crate) fn leave_room(&mut self, info: &VideoInfo) {
        let videos = self.videos().len().max(usize::from(self.surface.is_some()));
        self.settings.reserve = reserve(info, self.page.is_some(), videos);
    }
}
