//! Stands in for FFmpeg where the feature `video` is off: there is no such writer.

use std::path::Path;

use super::{EncodeError, Frame, Pace, VideoSpec};

pub(super) enum Writer {}

impl Writer {
    pub(super) fn create(
        _file: &Path,
        extension: &str,
        _spec: &VideoSpec,
        _pace: Pace,
    ) -> Result<(Writer, String), EncodeError> {
        Err(EncodeError::NoSupport { extension: extension.to_owned() })
    }

    pub(super) fn push(&mut self, _frame: &Frame, _seconds: f64) -> Result<(), String> {
        match *self {}
    }

    pub(super) fn finish(self) -> Result<(), String> {
        match self {}
    }
}
