//! Where the pictures of a JPEG file end (ITU-T T.81, annex B): decoders fill with gray what a cut file lacks.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use crate::video::VideoError;

const START_OF_IMAGE: u8 = 0xd8;
const END_OF_IMAGE: u8 = 0xd9;
/// Application segment 2, which lists the further pictures of one shot (CIPA DC-007).
const APP2: u8 = 0xe2;

/// How the first picture of a file ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The file ends before it does.
    Cut,
    /// It is the only picture, or the file says that the others belong to it.
    Alone,
    /// Another picture follows at once: this is a stream.
    Followed,
}

/// Whether the file ends before its first picture does.
pub(super) fn is_cut(path: &Path) -> Result<bool, VideoError> {
    let looked = || -> io::Result<bool> {
        let mut file = File::open(path)?;
        let mut last = [0; 2];
        if file.seek(SeekFrom::End(-2)).is_ok() {
            file.read_exact(&mut last)?;
        }
        // Nearly every file ends here; what follows a picture in others can be anything.
        Ok(last != [0xff, END_OF_IMAGE] && end(file_from_start(file)?)? == End::Cut)
    };
    looked().map_err(|cause| VideoError::Read { path: path.to_owned(), cause })
}

/// Whether the file is a stream of pictures, as cameras send them.
pub(super) fn is_stream(path: &Path) -> Result<bool, VideoError> {
    let looked = || end(BufReader::new(File::open(path)?));
    looked()
        .map(|end| end == End::Followed)
        .map_err(|cause| VideoError::Read { path: path.to_owned(), cause })
}

fn file_from_start(mut file: File) -> io::Result<BufReader<File>> {
    file.seek(SeekFrom::Start(0))?;
    Ok(BufReader::new(file))
}

fn end(mut file: impl BufRead) -> io::Result<End> {
    match walk(&mut file) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(End::Cut),
        found => found,
    }
}

fn walk(file: &mut impl BufRead) -> io::Result<End> {
    let mut belongs = false;
    loop {
        match marker(file)? {
            END_OF_IMAGE => break,
            // Without a length: start of image, restarts, and what encoders keep to themselves.
            START_OF_IMAGE | 0x01 | 0xd0..=0xd7 => {}
            // The bytes of a scan are passed over as what lies between two markers is.
            kind => {
                let length = u64::from(u16::from_be_bytes([byte(file)?, byte(file)?])).saturating_sub(2);
                let mut segment = Vec::new();
                file.take(length).read_to_end(&mut segment)?;
                belongs |= kind == APP2 && segment.starts_with(b"MPF\0");
            }
        }
    }
    let mut next = Vec::new();
    file.take(2).read_to_end(&mut next)?;
    Ok(if next == [0xff, START_OF_IMAGE] && !belongs { End::Followed } else { End::Alone })
}

/// The next marker: 0xff and what is neither a stuffed zero nor another 0xff.
fn marker(file: &mut impl BufRead) -> io::Result<u8> {
    loop {
        if file.skip_until(0xff)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let mut kind = byte(file)?;
        while kind == 0xff {
            kind = byte(file)?;
        }
        if kind != 0 {
            return Ok(kind);
        }
    }
}

fn byte(file: &mut impl BufRead) -> io::Result<u8> {
    let mut byte = [0];
    file.read_exact(&mut byte)?;
    Ok(byte[0])
}
