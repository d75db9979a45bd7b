//! What the pages of a Parquet file claim to inflate to: added up before any is read, as the library reserves it.
//!
//! A page begins with a structure in Thrift's compact protocol (thrift/doc/specs/thrift-compact-protocol.md), whose fields 2
//! and 3 are the sizes of the page inflated and as stored (parquet-format, `PageHeader`).

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

/// Bytes that most headers fit into; the statistics of one may be longer.
const HEADER: u64 = 1 << 12;
/// Structures within structures; a header has three.
const DEPTH: u32 = 8;

/// Bytes that the largest pages of the columns inflate to, one of each column; `None` if a header is damaged.
pub(super) fn claimed(file: &File, about: &ParquetMetaData, fields: &[usize]) -> Option<u64> {
    let schema = about.file_metadata().schema_descr();
    let mut largest = vec![0u64; schema.num_columns()];
    for group in about.row_groups() {
        for (leaf, column) in group.columns().iter().enumerate() {
            if fields.contains(&schema.get_column_root_idx(leaf)) {
                let largest = largest.get_mut(leaf)?;
                *largest = (*largest).max(largest_page(file, column)?);
            }
        }
    }
    largest.into_iter().try_fold(0u64, u64::checked_add)
}

/// Walks from page to page of a column's chunk.
fn largest_page(mut file: &File, column: &ColumnChunkMetaData) -> Option<u64> {
    let first = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
    let mut at = u64::try_from(first).ok()?;
    let end = at.checked_add(u64::try_from(column.compressed_size()).ok()?)?;
    let mut largest = 0;
    while at < end {
        let mut room = HEADER.min(end - at);
        let (header, length) = loop {
            file.seek(SeekFrom::Start(at)).ok()?;
            let mut bytes = Vec::new();
            file.take(room).read_to_end(&mut bytes).ok()?;
            let mut rest = Thrift(&bytes);
            match rest.page_header() {
                Some(header) => break (header, (bytes.len() - rest.0.len()) as u64),
                None if room == end - at || (bytes.len() as u64) < room => return None,
                None => room = (16 * room).min(end - at),
            }
        };
        let (inflated, stored) = header;
        largest = largest.max(inflated);
        at = at.checked_add(length)?.checked_add(stored)?;
    }
    (at == end).then_some(largest)
}

/// What is left of the bytes.
struct Thrift<'a>(&'a [u8]);

impl Thrift<'_> {
    /// The sizes of the page that follows, inflated and as stored.
    fn page_header(&mut self) -> Option<(u64, u64)> {
        let (mut inflated, mut stored, mut id) = (None, None, 0);
        while let Some(kind) = self.field(&mut id)? {
            match (id, kind) {
                (2, 5) => inflated = Some(u64::try_from(self.zigzag()?).ok()?),
                (3, 5) => stored = Some(u64::try_from(self.zigzag()?).ok()?),
                _ => self.skip(kind, DEPTH)?,
            }
        }
        Some((inflated?, stored?))
    }

    /// The kind of the next field, whose number `id` becomes; nothing at the end of the structure.
    #[allow(clippy::option_option)]
    fn field(&mut self, id: &mut i64) -> Option<Option<u8>> {
        let start = self.byte()?;
        if start == 0 {
            return Some(None);
        }
        *id = match start >> 4 {
            0 => self.zigzag()?,
            step => id.checked_add(step.into())?,
        };
        Some(Some(start & 15))
    }

    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    fn bytes(&mut self, count: u64) -> Option<()> {
        self.0 = self.0.get(usize::try_from(count).ok()?..)?;
        Some(())
    }

    /// Seven bits a byte, the lowest first.
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn zigzag(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn skip(&mut self, kind: u8, depth: u32) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            // A truth value is in the kind.
            1 | 2 => Some(()),
            3 => self.bytes(1),
            4..=6 => self.varint().map(|_| ()),
            7 => self.bytes(8),
            8 => {
                let length = self.varint()?;
                self.bytes(length)
            }
            9 | 10 => {
                let start = self.byte()?;
                let count = if start >> 4 == 15 { self.varint()? } else { u64::from(start >> 4) };
                (0..count).try_for_each(|_| self.element(start & 15, depth))
            }
            12 => {
                let mut id = 0;
                while let Some(kind) = self.field(&mut id)? {
                    self.skip(kind, depth)?;
                }
                Some(())
            }
            // Headers have no maps.
            _ => None,
        }
    }

    /// In a list, a truth value is a byte.
    fn element(&mut self, kind: u8, depth: u32) -> Option<()> {
        if matches!(kind, 1 | 2) { self.bytes(1) } else { self.skip(kind, depth) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_whatever_else_they_hold() {
        // Type 0, inflated 300, stored 200, and a structure with a list, a text and a truth value.
        let header = [
            0x15, 0x00, 0x15, 0xd8, 0x04, 0x15, 0x90, 0x03, 0x2c, 0x19, 0x25, 0x02, 0x04, 0x18, 0x02, b'a',
            b'b', 0x11, 0x00, 0x00,
        ];
        let mut thrift = Thrift(&header);
        assert_eq!(thrift.page_header(), Some((300, 200)));
        assert!(thrift.0.is_empty());
        for cut in 0..header.len() {
            assert_eq!(Thrift(&header[..cut]).page_header(), None, "{cut}");
        }
        // A negative size, structures without end, and none of the sizes.
        assert_eq!(Thrift(&[0x25, 0x01, 0x15, 0x02, 0x00]).page_header(), None);
        assert_eq!(Thrift(&[0x1c; 100_000]).page_header(), None);
        assert_eq!(Thrift(&[0x00]).page_header(), None);
    }
}
