//! NumPy archives (.npz).

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{StillError, write_with};

/// A NumPy archive that is being written.
pub struct Arrays<'a>(ZipWriter<&'a mut File>);

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
        let mut arrays = Arrays(ZipWriter::new(file));
        match fill(&mut arrays) {
            Ok(()) => arrays.0.finish().map(drop).map_err(io::Error::from),
            Err(error) => {
                // Dropped, it would try once more to end the file and say on standard error that it cannot.
                std::mem::forget(arrays);
                Err(error)
            }
        }
    })
}
