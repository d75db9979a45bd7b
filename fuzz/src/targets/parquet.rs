//! Parquet files.

use crate::{File, within};
use seethru::cli::fuzzing::table;

/// What a table may take; pages are inflated beside it.
const MEMORY: usize = 16 << 20;
/// The library reserves what the header of a page claims, before it inflates it.
const PAGE: usize = i32::MAX as usize;

/// Bytes of a file, or of one with a byte before it that says how it is read.
pub fn run(bytes: &[u8]) {
    let file = File::new("rows.parquet", bytes);
    within(PAGE + 8 * MEMORY, || table(file.path(), MEMORY as u64));
}
