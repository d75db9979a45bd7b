//! NumPy arrays: as rows, as distances, as labels.

use crate::{File, within};
use seethru::cli::fuzzing::{distances, labels, table};

/// What an array may take; it is read into one buffer and checked in another.
const MEMORY: usize = 16 << 20;

/// Bytes of a file, or of one with a byte before it that says how it is read.
pub fn run(bytes: &[u8]) {
    let file = File::new("rows.npy", bytes);
    within(2 * MEMORY, || {
        table(file.path(), MEMORY as u64);
        distances(file.path(), MEMORY as u64);
        labels(file.path(), 3, MEMORY as u64);
    });
}
