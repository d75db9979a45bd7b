//! Lists of clips (`batch --list`): the first byte says whether it is .csv, .tsv or .toml.

use crate::{File, within};
use seethru::cli::fuzzing::list;

/// Bytes of a file, or of one with a byte before it that says how it is read.
pub fn run(bytes: &[u8]) {
    let Some((kind, contents)) = bytes.split_first() else { return };
    let name = ["clips.csv", "clips.tsv", "clips.toml"][usize::from(kind % 3)];
    let file = File::new(name, contents);
    within(64 << 20, || list(file.path()));
}
