//! Whether a file has as many bytes as its own header says, for containers whose length FFmpeg takes from what is there.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes that a writer may have counted without writing them: padding at the end.
const PADDING: u64 = 8;

/// "Header Object" and "File Properties Object" of ASF, which WMV files are.
const ASF_HEADER: [u8; 16] = guid(0x75B2_2630, 0x668E, 0x11CF, 0xA6D9_00AA_0062_CE6C);
const ASF_PROPERTIES: [u8; 16] = guid(0x8CAB_DCA1, 0xA947, 0x11CF, 0x8EE4_00C0_0C20_5365);

/// Bytes that are there, and that the header announces, if those are more.
pub(super) fn cut(path: &Path, container: &str) -> Option<(u64, u64)> {
    let mut file = File::open(path).ok()?;
    let there = file.metadata().ok()?.len();
    let announced = match container {
        "avi" => riff(&mut file, there)?,
        "asf" => asf(&mut file)?,
        _ => return None,
    };
    (announced > there + PADDING).then_some((there, announced))
}

/// The end of the last RIFF chunk: long files have several.
fn riff(file: &mut File, there: u64) -> Option<u64> {
    let mut end = 0;
    while end < there {
        file.seek(SeekFrom::Start(end)).ok()?;
        let mut head = [0; 8];
        // What is no chunk is not counted.
        if file.read_exact(&mut head).is_err() || &head[..4] != b"RIFF" {
            break;
        }
        match u32::from_le_bytes([head[4], head[5], head[6], head[7]]) {
            // A writer that could not go back leaves its length open.
            0 | u32::MAX => return None,
            size => end += 8 + u64::from(size).next_multiple_of(2),
        }
    }
    Some(end)
}

/// The file's size in its properties (ASF specification, 3.1 and 3.2), unless it was broadcast.
fn asf(file: &mut File) -> Option<u64> {
    let mut head = [0; 30];
    file.read_exact(&mut head).ok()?;
    if head[..16] != ASF_HEADER {
        return None;
    }
    let objects = u32::from_le_bytes(head[24..28].try_into().ok()?);
    for _ in 0..objects {
        let mut object = [0; 24];
        file.read_exact(&mut object).ok()?;
        let size = u64::from_le_bytes(object[16..].try_into().ok()?);
        if object[..16] == ASF_PROPERTIES {
            let mut properties = [0; 68];
            file.read_exact(&mut properties).ok()?;
            let is_broadcast = properties[64] & 1 == 1;
            return (!is_broadcast)
                .then(|| u64::from_le_bytes(properties[16..24].try_into().unwrap_or_default()));
        }
        file.seek(SeekFrom::Current(i64::try_from(size.checked_sub(24)?).ok()?)).ok()?;
    }
    None
}

/// A GUID as files hold it: its first three numbers little-endian.
const fn guid(a: u32, b: u16, c: u16, d: u64) -> [u8; 16] {
    let ([a0, a1, a2, a3], [b0, b1], [c0, c1]) = (a.to_le_bytes(), b.to_le_bytes(), c.to_le_bytes());
    let [d0, d1, d2, d3, d4, d5, d6, d7] = d.to_be_bytes();
    [a0, a1, a2, a3, b0, b1, c0, c1, d0, d1, d2, d3, d4, d5, d6, d7]
}
