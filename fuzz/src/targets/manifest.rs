//! Manifests of a batch that goes on.

use crate::{File, folder, within};
use seethru::cli::fuzzing::manifest;

/// Bytes of a file, or of one with a byte before it that says how it is read.
pub fn run(bytes: &[u8]) {
    let _file = File::new("seethru-batch.jsonl", bytes);
    within(64 << 20, || manifest(folder()));
}
