//! Stands in for FFmpeg in builds without the feature `video`.

use std::path::Path;

use super::{Channels, FrameSource, VideoError};

pub(super) fn open(path: &Path, _: &Path, _: Channels, _: bool) -> Result<Box<dyn FrameSource>, VideoError> {
    Err(VideoError::WithoutFfmpeg { path: path.to_owned() })
}

pub(super) fn container(path: &Path) -> Result<String, VideoError> {
    Err(VideoError::WithoutFfmpeg { path: path.to_owned() })
}
