//! How much memory a table may take: measured before it is allocated.

use std::io::{Cursor, Read};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::open;
use crate::cli::bounded::read_at_most;

/// Bytes from which text is known.
const START: u64 = 1 << 16;

/// The most that reading one table takes, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit(pub(crate) u64);

impl Default for Limit {
    /// As much as a clip may take.
    fn default() -> Limit {
        Limit(4 << 30)
    }
}

impl Limit {
    /// Refuses the table at `path` if it takes more.
    pub(crate) fn allow(self, path: &Path, bytes: u128) -> Result<()> {
        const MIB: u128 = 1 << 20;
        let limit = u128::from(self.0);
        ensure!(
            bytes <= limit,
            "{} needs {} MiB and --memory allows {} MiB: give --memory {}MiB, or fewer rows or columns",
            path.display(),
            bytes.div_ceil(MIB),
            limit / MIB,
            bytes.div_ceil(MIB)
        );
        Ok(())
    }

    /// The same of `rows` x `columns` numbers, `each` bytes long while they are read.
    pub(crate) fn allow_numbers(self, path: &Path, rows: usize, columns: usize, each: usize) -> Result<()> {
        self.allow(path, rows as u128 * columns as u128 * each as u128)
    }

    /// All bytes of a file.
    pub(crate) fn read(self, path: &Path) -> Result<Vec<u8>> {
        let file = open(path)?;
        // What is known beforehand is reported beforehand.
        if let Ok(found) = file.metadata() {
            self.allow(path, found.len().into())?;
        }
        self.rest(path, file)
    }

    /// The same of text: what begins with zeros is none, and may never end.
    pub(crate) fn read_text(self, path: &Path) -> Result<Vec<u8>> {
        let name = path.display();
        let mut file = open(path)?;
        if let Ok(found) = file.metadata() {
            self.allow(path, found.len().into())?;
        }
        let mut start = Vec::new();
        file.by_ref()
            .take(START)
            .read_to_end(&mut start)
            .with_context(|| format!("{name} cannot be read"))?;
        ensure!(!start.contains(&0), "{name} is not text: save it as CSV in UTF-8");
        self.rest(path, Cursor::new(start).chain(file))
    }

    fn rest(self, path: &Path, reader: impl Read) -> Result<Vec<u8>> {
        let name = path.display();
        let bytes = read_at_most(reader, self.0).with_context(|| format!("{name} cannot be read"))?;
        bytes.with_context(|| {
            format!(
                "{name} has more than the {} MiB that --memory allows, or never ends: give more",
                self.0 >> 20
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_is_enough() {
        let path = Path::new("a.csv");
        let told = Limit(1 << 20).allow_numbers(path, 1 << 10, 1 << 10, 12).unwrap_err().to_string();
        assert!(told.contains("a.csv needs 12 MiB and --memory allows 1 MiB: give --memory 12MiB"), "{told}");
        Limit(12 << 20).allow_numbers(path, 1 << 10, 1 << 10, 12).unwrap();
        assert!(Limit::default().allow_numbers(path, usize::MAX, usize::MAX, 12).is_err());
    }
}
