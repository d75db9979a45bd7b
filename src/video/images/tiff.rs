//! The pages of a TIFF file (TIFF 6.0, section 2; BigTIFF). The crate `image` reads the first: it is given the file as if each
//! page were that.
//!
//! ImageJ writes a stack of more than 4 GiB as one directory, whose description says how many pictures there are; they lie one
//! after the other behind it, uncompressed (`ij/io/TiffEncoder.java`, `TiffDecoder.java`).

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use crate::video::VideoError;

/// Where a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// The first bytes of a file whose first page it is.
    head: [u8; 16],
    /// The place of its samples in the directory, and how many bytes behind that they are.
    samples: (u64, u64),
}

/// The ICC profile, and the most bytes that one may have: those of printers have a few million.
const PROFILE: u64 = 34675;
const LARGEST_PROFILE: u64 = 1 << 24;

/// NewSubfileType, whose lowest bit says that the page is a smaller copy of another.
const SUBFILE_TYPE: u64 = 254;

/// The most bytes of a description that are looked at: the number of pictures is in its second line.
const DESCRIPTION: u64 = 1 << 16;

/// Pictures of fewer bytes do not make a stack: a small file could claim any number of them.
const SMALLEST_PICTURE: u64 = 64;

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
        let Some(start) = self.start else {
            let read = self.file.read(buffer)?;
            self.at += read as u64;
            return Ok(read);
        };
        let (samples, behind) = start.samples;
        let before = samples.saturating_sub(self.at);
        let read = match before {
            0 => {
                self.file.seek(SeekFrom::Start(self.at.saturating_add(behind)))?;
                self.file.read(buffer)?
            }
            // As far as the samples.
            before => {
                self.file.seek(SeekFrom::Start(self.at))?;
                let most = usize::try_from(before).unwrap_or(usize::MAX).min(buffer.len());
                self.file.read(&mut buffer[..most])?
            }
        };
        if let Ok(at) = usize::try_from(self.at)
            && let Some(rest) = start.head.get(at..)
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
        self.at = match to {
            SeekFrom::Start(at) => at,
            // The file itself is behind by what the samples are.
            SeekFrom::Current(by) => self.at.checked_add_signed(by).ok_or(ErrorKind::InvalidInput)?,
            SeekFrom::End(_) => self.file.seek(to)?,
        };
        if self.start.is_none() {
            self.file.seek(SeekFrom::Start(self.at))?;
        }
        Ok(self.at)
    }
}

/// Pictures one after the other.
struct Stack {
    pictures: u64,
    /// Where the first one is, and the bytes of each.
    samples: u64,
    bytes: u64,
}

/// The image file directories, one a page, each of which leads to the next.
struct Directories<R> {
    file: BufReader<R>,
    start: [u8; 16],
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
        let (mut seen, mut first) = (HashSet::new(), true);
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
            let smaller = self.is_smaller_copy(entries)?;
            let next = self.file.stream_position()?;
            if !smaller {
                found.push(self.start_at(place));
            }
            if first {
                self.following(place, found)?;
                first = false;
            }
            self.file.seek(SeekFrom::Start(next))?;
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

    /// The other pictures of a stack of ImageJ's that has one directory; none where the directory leads to another.
    fn following(&mut self, place: u64, found: &mut Vec<Start>) -> io::Result<()> {
        if self.offset()? != 0 {
            return Ok(());
        }
        let Some(stack) = self.stack(place)? else { return Ok(()) };
        let end = self.file.seek(SeekFrom::End(0))?;
        let there = end.saturating_sub(stack.samples) / stack.bytes;
        let first = self.start_at(place);
        let behind = (1..stack.pictures.min(there)).map(|number| number * stack.bytes);
        found.extend(behind.map(|behind| Start { samples: (stack.samples, behind), ..first }));
        Ok(())
    }

    /// What the only directory says of pictures behind the first; `None` if there are none.
    fn stack(&mut self, place: u64) -> io::Result<Option<Stack>> {
        let (mut size, mut pictures, mut samples, mut raw) = ([0, 0, 1, 1], 0, 0, true);
        self.file.seek(SeekFrom::Start(place))?;
        for _ in 0..self.entries()? {
            let (tag, kind, count) = (self.number(2)?, self.number(2)?, self.offset()?);
            let next = self.file.stream_position()? + if self.big { 8 } else { 4 };
            match tag {
                256 => size[0] = self.value(kind, count)?,
                257 => size[1] = self.value(kind, count)?,
                258 => size[2] = self.value(kind, count)?,
                277 => size[3] = self.value(kind, count)?,
                259 => raw = self.value(kind, count)? == 1,
                270 => pictures = self.pictures(count)?,
                273 => samples = self.value(kind, count)?,
                _ => {}
            }
            self.file.seek(SeekFrom::Start(next))?;
        }
        let bits = size.into_iter().try_fold(1, u64::checked_mul).unwrap_or(0);
        let found = raw && pictures > 1 && samples > place && bits.is_multiple_of(8);
        let stack = Stack { pictures, samples, bytes: bits / 8 };
        Ok(Some(stack).filter(|stack| found && stack.bytes >= SMALLEST_PICTURE))
    }

    /// The first value of an entry, whose field comes next: a whole number.
    fn value(&mut self, kind: u64, count: u64) -> io::Result<u64> {
        let Some(bytes) = [(1, 1), (3, 2), (4, 4), (16, 8)].into_iter().find(|(known, _)| *known == kind)
        else {
            return Ok(0);
        };
        if count.saturating_mul(bytes.1) > if self.big { 8 } else { 4 } {
            let place = self.offset()?;
            self.file.seek(SeekFrom::Start(place))?;
        }
        self.number(bytes.1 as usize)
    }

    /// How many pictures a description of ImageJ's says there are, whose offset comes next; 0 if it is not one.
    fn pictures(&mut self, count: u64) -> io::Result<u64> {
        let place = self.offset()?;
        self.file.seek(SeekFrom::Start(place))?;
        let mut text = Vec::new();
        (&mut self.file).take(count.min(DESCRIPTION)).read_to_end(&mut text)?;
        let text = String::from_utf8_lossy(&text);
        let lines = text.starts_with("ImageJ=").then(|| text.lines()).into_iter().flatten();
        let told = lines.filter_map(|line| line.strip_prefix("images=")).next();
        Ok(told.and_then(|number| number.trim().parse().ok()).unwrap_or(0))
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
        Start { head: start, samples: (u64::MAX, 0) }
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
