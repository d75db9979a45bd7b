//! Parquet files.

use crate::{File, within};
use seethru::cli::fuzzing::table;

/// What a table may take; pages are inflated beside it.
const MEMORY: usize = 16 << 20;

/// Bytes of a file, or of one with a byte before it that says how it is read.
pub fn run(bytes: &[u8]) {
    let file = File::new("rows.parquet", bytes);
    within(8 * MEMORY, || table(file.path(), MEMORY as u64));
}
