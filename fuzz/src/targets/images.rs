//! Pictures of every format, as a series of two files and as a still.

use std::path::Path;

use crate::{File, within};
use seethru::video::{Channels, Frame, Input, VideoError, read_still, still_size};

/// A frame of lossy WebP is decoded at its own size, of up to 16383 x 16383, whatever the file's.
const MEMORY: usize = 768 << 20;
/// No more frames are read.
const FRAMES: usize = 8;
/// Pictures with more pixels are left at their headers: they take long, and only that.
const PIXELS: usize = 1 << 20;

/// Bytes of a file, or of one with a byte before it that says how it is read.
pub fn run(bytes: &[u8]) {
    let file = File::new("picture", bytes);
    within(MEMORY, || {
        let path = file.path();
        let _ = Input::locate(path);
        match still_size(path) {
            Ok(size) if size.width * size.height > PIXELS => return,
            _ => {}
        }
        let still = read_still(path);
        if let Ok(frame) = &still {
            check(frame);
        }
        let _ = series(path);
    });
}

fn series(path: &Path) -> Result<(), VideoError> {
    let mut source = Input::images(vec![path.to_owned(), path.to_owned()]).open(Channels::Rgb)?;
    if source.info().width * source.info().height > PIXELS {
        return Ok(());
    }
    for _ in 0..FRAMES {
        let Some(frame) = source.next_frame()? else { break };
        check(&frame);
    }
    Ok(())
}

fn check(frame: &Frame) {
    assert_eq!(frame.samples.len(), frame.width * frame.height * frame.channels.count());
}
