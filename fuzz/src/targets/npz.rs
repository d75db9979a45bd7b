//! NumPy archives, as rows and as a graph.

use crate::{File, within};
use seethru::cli::fuzzing::{graph, table};

/// What an array may take; the archive's directory comes beside it.
const MEMORY: usize = 16 << 20;

/// Bytes of a file, or of one with a byte before it that says how it is read.
pub fn run(bytes: &[u8]) {
    let file = File::new("rows.npz", bytes);
    within(4 * MEMORY, || {
        table(file.path(), MEMORY as u64);
        graph(file.path(), MEMORY as u64);
    });
}
