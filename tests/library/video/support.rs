//! Shared by the tests.

use std::path::{Path, PathBuf};

use seethru::video::{Channels, Frame, FrameSource, Input, Samples, VideoError};

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

pub fn open(path: &Path, channels: Channels) -> Box<dyn FrameSource> {
    Input::locate(path).unwrap().open(channels).unwrap()
}

/// Locates, opens and decodes all of it.
pub fn read(path: &Path, channels: Channels) -> Result<(Vec<Frame>, Vec<String>), VideoError> {
    drain(Input::locate(path)?.open(channels)?)
}

pub fn drain(mut source: Box<dyn FrameSource>) -> Result<(Vec<Frame>, Vec<String>), VideoError> {
    let mut frames = Vec::new();
    while let Some(frame) = source.next_frame()? {
        assert_eq!((frame.width, frame.height), (source.info().width, source.info().height));
        assert_eq!(frame.samples.len(), frame.width * frame.height * frame.channels.count());
        frames.push(frame);
    }
    assert!(source.next_frame()?.is_none(), "the end stays the end");
    Ok((frames, source.warnings().iter().map(ToString::to_string).collect()))
}

pub fn error(path: &Path) -> VideoError {
    let error = read(path, Channels::Luma).map(|(frames, _)| frames.len()).unwrap_err();
    assert!(!error.to_string().contains('\n'), "{error}");
    error
}

pub fn eight(frame: &Frame) -> &[u8] {
    match &frame.samples {
        Samples::U8(values) => values,
        Samples::U16(_) => panic!("16-bit samples"),
    }
}

pub fn sixteen(frame: &Frame) -> &[u16] {
    match &frame.samples {
        Samples::U16(values) => values,
        Samples::U8(_) => panic!("8-bit samples"),
    }
}
