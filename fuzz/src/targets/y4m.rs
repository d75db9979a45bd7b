//! YUV4MPEG2 files, by frames in color and in gray, and skipped.

use std::path::Path;

use crate::{File, within};
use seethru::video::{Channels, Input, VideoError};

/// No more frames are read.
const FRAMES: usize = 8;

/// Bytes of a file, or of one with a byte before it that says how it is read.
pub fn run(bytes: &[u8]) {
    let file = File::new("clip.y4m", bytes);
    within(256 << 20, || {
        let _ = read(file.path(), Channels::Rgb);
        let _ = read(file.path(), Channels::Luma);
        let _ = skip(file.path());
    });
}

fn read(path: &Path, channels: Channels) -> Result<(), VideoError> {
    let mut source = Input::video(path.to_owned()).open(channels)?;
    for _ in 0..FRAMES {
        let Some(frame) = source.next_frame()? else { break };
        assert_eq!(frame.samples.len(), frame.width * frame.height * frame.channels.count());
        assert_eq!((frame.width, frame.height), (source.info().width, source.info().height));
    }
    Ok(())
}

fn skip(path: &Path) -> Result<(), VideoError> {
    let input = Input::locate(path)?;
    let mut source = input.open(Channels::Luma)?;
    while source.skip_frame()? {}
    let _ = input.times(seethru::FrameRange::default())?;
    Ok(())
}
