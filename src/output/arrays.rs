//! NumPy archives (.npz).

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{StillError, write_with};

/// A NumPy archive that is being written.
pub struct Arrays<'a>(ZipWriter<Sink<'a>>);

impl Arrays<'_> {
    /// Begins the array `name`: what is written until the next one begins is its .npy file. It is not
    /// compressed, so that it can be read in place, and can be larger than 4 GiB.
    ///
    /// # Errors
    /// If the file cannot be written to.
    pub fn begin(&mut self, name: &str) -> io::Result<&mut impl Write> {
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        self.0.start_file(format!("{name}.npy"), stored.large_file(true))?;
        Ok(&mut self.0)
    }
}

/// Writes a NumPy archive to `path`, whole or not at all: `fill` writes its arrays.
///
/// # Errors
/// As [`write_with`](super::write_with), and those of `fill`. After an error `path` is as it was before.
pub fn write_arrays(
    path: &Path,
    fill: impl FnOnce(&mut Arrays<'_>) -> io::Result<()>,
) -> Result<(), StillError> {
    write_with(path, |file| {
        let mut arrays = Arrays(ZipWriter::new(Sink { file, failed: false }));
        fill(&mut arrays)?;
        Ok(arrays.0.finish().map(drop)?)
    })
}

/// The file until it fails, and nothing after that: an archive that is dropped tries once more to end itself, and would say
/// on standard error that it cannot.
struct Sink<'a> {
    file: &'a mut File,
    failed: bool,
}

impl Sink<'_> {
    fn unless_failed<T>(
        &mut self,
        otherwise: T,
        work: impl FnOnce(&mut File) -> io::Result<T>,
    ) -> io::Result<T> {
        if self.failed {
            return Ok(otherwise);
        }
        let done = work(self.file);
        // An interrupted call is made again by whoever made it.
        self.failed = matches!(&done, Err(error) if error.kind() != io::ErrorKind::Interrupted);
        done
    }
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_failed(bytes.len(), |file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_failed((), Write::flush)
    }
}

impl Seek for Sink<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.unless_failed(0, |file| file.seek(to))
    }
}
