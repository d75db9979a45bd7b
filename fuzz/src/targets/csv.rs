//! Tables of text. The first byte says how they are meant.

use crate::{File, within};
use seethru::cli::fuzzing::{Text, labels, text};

/// What a table may take; the text itself is held once or twice beside it.
const MEMORY: usize = 16 << 20;

/// Bytes of a file, or of one with a byte before it that says how it is read.
pub fn run(bytes: &[u8]) {
    let Some((how, table)) = bytes.split_first() else { return };
    let header = match how & 3 {
        0 | 1 => None,
        2 => Some(true),
        _ => Some(false),
    };
    let how = Text { header, comma: how & 4 != 0, labels: how & 8 != 0 };
    let file = File::new("table.csv", table);
    within(2 * MEMORY, || {
        text(file.path(), how, MEMORY as u64);
        labels(file.path(), 3, MEMORY as u64);
    });
}
