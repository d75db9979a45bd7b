//! Luma of all frames in a temporary file without a name, read back band by band.
//!
//! Why not decode again for every band: reading a band back takes milliseconds where decoding
//! takes seconds, and writing the file once costs less than decoding once (`benches/reread.rs`
//! measures all three on any clip). Plain reads, not a memory map: mapped pages would count as the
//! process's own memory, which bands exist to bound.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::StackSamples;
use crate::video::{Depth, Samples};

/// Frames of one size and depth, one after the other; 16-bit samples little-endian.
pub(crate) struct Spill {
    // Read from several threads, each from where it seeks to.
    file: Mutex<File>,
    width: usize,
    height: usize,
    depth: Depth,
}

impl Spill {
    /// An empty file in `folder`; it vanishes with the value, or with the process.
    pub(super) fn create(folder: &Path, (width, height): (usize, usize), depth: Depth) -> io::Result<Spill> {
        Ok(Spill { file: Mutex::new(tempfile::tempfile_in(folder)?), width, height, depth })
    }

    pub(super) fn push(&mut self, frame: &Samples) -> io::Result<()> {
        let file = self.file.get_mut().unwrap_or_else(PoisonError::into_inner);
        match frame {
            Samples::U8(samples) => file.write_all(samples),
            Samples::U16(samples) => {
                let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
                file.write_all(&bytes)
            }
        }
    }

    /// One frame.
    pub(super) fn frame(&self, at: usize) -> io::Result<Samples> {
        let pixels = self.width * self.height;
        match self.depth {
            Depth::Eight => {
                let mut samples = vec![0; pixels];
                self.read_at(at * pixels, &mut samples)?;
                Ok(Samples::U8(samples))
            }
            Depth::Sixteen => {
                let mut bytes = vec![0; 2 * pixels];
                self.read_at(2 * at * pixels, &mut bytes)?;
                let pairs = bytes.chunks_exact(2);
                Ok(Samples::U16(pairs.map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect()))
            }
        }
    }

    fn read_at(&self, start: usize, into: &mut [u8]) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(start as u64))?;
        file.read_exact(into)
    }

    /// Rows `rows` of each of `frames` frames.
    pub(super) fn read(&self, frames: usize, rows: Range<usize>) -> io::Result<StackSamples> {
        let band = self.width * rows.len();
        let read = |frame: usize, bytes: usize, into: &mut [u8]| {
            let start = (frame * self.height + rows.start) * self.width * bytes;
            self.read_at(start, into)
        };
        match self.depth {
            Depth::Eight => {
                let mut samples = vec![0; frames * band];
                for (frame, samples) in samples.chunks_exact_mut(band).enumerate() {
                    read(frame, 1, samples)?;
                }
                Ok(StackSamples::U8(samples))
            }
            Depth::Sixteen => {
                let mut samples = Vec::with_capacity(frames * band);
                let mut bytes = vec![0; 2 * band];
                for frame in 0..frames {
                    read(frame, 2, &mut bytes)?;
                    samples.extend(bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])));
                }
                Ok(StackSamples::U16(samples))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_come_back_as_they_went() {
        let folder = tempfile::tempdir().unwrap();
        let mut deep = Spill::create(folder.path(), (2, 3), Depth::Sixteen).unwrap();
        let mut plain = Spill::create(folder.path(), (2, 3), Depth::Eight).unwrap();
        for frame in 0..4u16 {
            let samples = (0..6).map(|at| 1000 * frame + at);
            deep.push(&Samples::U16(samples.clone().collect())).unwrap();
            plain.push(&Samples::U8(samples.map(|s| (s % 251) as u8).collect())).unwrap();
        }
        let wanted: Vec<u16> = (0..4).flat_map(|frame| (2..6).map(move |at| 1000 * frame + at)).collect();
        assert_eq!(
            plain.read(4, 1..3).unwrap(),
            StackSamples::U8(wanted.iter().map(|s| (s % 251) as u8).collect())
        );
        assert_eq!(deep.frame(3).unwrap(), Samples::U16((0..6).map(|at| 3000 + at).collect()));
        assert_eq!(
            plain.frame(1).unwrap(),
            Samples::U8((0..6).map(|at| ((1000 + at) % 251) as u8).collect())
        );
        assert_eq!(deep.read(4, 1..3).unwrap(), StackSamples::U16(wanted));
        assert!(plain.read(5, 0..3).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "no name is left behind");
    }
}
