//! The pages of a TIFF file (TIFF 6.0, section 2; BigTIFF). The crate `image` reads the first: it is given the file as if each
//! page were that.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use crate::video::VideoError;

/// The first bytes of a file whose first page is the wanted one.
pub(super) type Start = [u8; 16];

/// The ICC profile, and the most bytes that one may have: those of printers have a few million.
const PROFILE: u64 = 34675;
const LARGEST_PROFILE: u64 = 1 << 24;

/// NewSubfileType, whose lowest bit says that the page is a smaller copy of another.
const SUBFILE_TYPE: u64 = 254;

/// Bytes of a directory's entry; in BigTIFF they are more.
const SMALLEST_ENTRY: u64 = 12;

/// Where the pages of a file are, but for smaller copies of others; none if it is not TIFF.
pub(super) fn pages(path: &Path) -> Result<Vec<Start>, VideoError> {
    let read = |cause| VideoError::Read { path: path.to_owned(), cause };
    let file = File::open(path).map_err(read)?;
    let mut found = Vec::new();
    match Directories::new(BufReader::new(file))
        .and_then(|all| all.map_or(Ok(()), |all| all.list(&mut found)))
    {
        // A file that is cut has the pages before that.
        Err(error) if error.kind() != ErrorKind::UnexpectedEof => Err(read(error)),
        _ => Ok(found),
    }
}

/// Whether the file is BigTIFF.
pub(super) fn is_big(path: &Path) -> io::Result<bool> {
    let directories = Directories::new(BufReader::new(File::open(path)?));
    Ok(directories.is_ok_and(|found| found.is_some_and(|found| found.big)))
}

/// The color profile of a file's first page: the crate `image` does not find it.
pub(super) fn profile(page: Page) -> Option<Vec<u8>> {
    Directories::new(BufReader::new(page)).ok()??.profile().ok()?
}

/// A file as if one of its pages were the first.
#[derive(Debug)]
pub(super) struct Page {
    file: File,
    start: Option<Start>,
    at: u64,
}

impl Page {
    /// As it is without a start.
    pub(super) fn new(file: File, start: Option<Start>) -> Page {
        Page { file, start, at: 0 }
    }
}

impl Read for Page {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        if let (Some(start), Ok(at)) = (self.start, usize::try_from(self.at))
            && let Some(rest) = start.get(at..)
        {
            let replaced = rest.len().min(read);
            buffer[..replaced].copy_from_slice(&rest[..replaced]);
        }
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Page {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.file.seek(to)?;
        Ok(self.at)
    }
}

/// The image file directories, one a page, each of which leads to the next.
struct Directories<R> {
    file: BufReader<R>,
    start: Start,
    big: bool,
    little_endian: bool,
}

impl<R: Read + Seek> Directories<R> {
    fn new(mut file: BufReader<R>) -> io::Result<Option<Directories<R>>> {
        let mut start = [0; 16];
        file.read_exact(&mut start)?;
        let (little_endian, big) = match start[..4] {
            [b'I', b'I', 42, 0] => (true, false),
            [b'I', b'I', 43, 0] => (true, true),
            [b'M', b'M', 0, 42] => (false, false),
            [b'M', b'M', 0, 43] => (false, true),
            _ => return Ok(None),
        };
        Ok(Some(Directories { file, start, big, little_endian }))
    }

    fn profile(mut self) -> io::Result<Option<Vec<u8>>> {
        self.file.seek(SeekFrom::Start(if self.big { 8 } else { 4 }))?;
        let place = self.offset()?;
        self.file.seek(SeekFrom::Start(place))?;
        for _ in 0..self.entries()? {
            let tag = self.number(2)?;
            let (_type, count, at) = (self.number(2)?, self.offset()?, self.offset()?);
            if tag == PROFILE && count <= LARGEST_PROFILE {
                self.file.seek(SeekFrom::Start(at))?;
                let mut profile = Vec::new();
                (&mut self.file).take(count).read_to_end(&mut profile)?;
                return Ok((profile.len() as u64 == count).then_some(profile));
            }
        }
        Ok(None)
    }

    fn list(mut self, found: &mut Vec<Start>) -> io::Result<()> {
        // Directories do not overlap: their entries fit the file.
        let mut entries_left = self.file.seek(SeekFrom::End(0))? / SMALLEST_ENTRY;
        self.file.seek(SeekFrom::Start(if self.big { 8 } else { 4 }))?;
        let mut seen = HashSet::new();
        loop {
            let place = self.offset()?;
            // A directory that leads back would go on for ever.
            if place == 0 || !seen.insert(place) {
                return Ok(());
            }
            self.file.seek(SeekFrom::Start(place))?;
            let entries = self.entries()?;
            let Some(left) = entries_left.checked_sub(entries) else { return Ok(()) };
            entries_left = left;
            if !self.is_smaller_copy(entries)? {
                found.push(self.start_at(place));
            }
        }
    }

    /// Reads a directory of so many entries up to the offset of the next.
    fn is_smaller_copy(&mut self, entries: u64) -> io::Result<bool> {
        let value = if self.big { 8 } else { 4 };
        let mut smaller = false;
        for _ in 0..entries {
            let tag = self.number(2)?;
            // Its type and count.
            self.file.seek_relative(2 + value)?;
            let value = self.number(value as usize)?;
            smaller |= tag == SUBFILE_TYPE && value & 1 == 1;
        }
        Ok(smaller)
    }

    /// The file's first bytes, with the first directory here.
    fn start_at(&self, place: u64) -> Start {
        let mut start = self.start;
        let bytes = match (self.big, self.little_endian) {
            (true, true) => place.to_le_bytes().to_vec(),
            (true, false) => place.to_be_bytes().to_vec(),
            (false, true) => (place as u32).to_le_bytes().to_vec(),
            (false, false) => (place as u32).to_be_bytes().to_vec(),
        };
        let from = bytes.len();
        start[from..2 * from].copy_from_slice(&bytes);
        start
    }

    /// How many a directory has.
    fn entries(&mut self) -> io::Result<u64> {
        self.number(if self.big { 8 } else { 2 })
    }

    fn offset(&mut self) -> io::Result<u64> {
        self.number(if self.big { 8 } else { 4 })
    }

    fn number(&mut self, bytes: usize) -> io::Result<u64> {
        let mut number = [0; 8];
        self.file.read_exact(&mut number[..bytes])?;
        if !self.little_endian {
            number[..bytes].reverse();
        }
        Ok(u64::from_le_bytes(number))
    }
}
