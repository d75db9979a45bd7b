//! Configuration files (`seethru.toml`), for calls of several commands.

use crate::{File, within};
use seethru::cli::fuzzing::configuration;

const CALLS: [&[&str]; 4] = [
    &["a.mp4", "-o", "a.png"],
    &["batch", "a.mp4", "-o", "a"],
    &["embed", "tsne", "a.npy", "-o", "b.npy"],
    &["info", "a.mp4"],
];

/// Bytes of a file, or of one with a byte before it that says how it is read.
pub fn run(bytes: &[u8]) {
    let Some((call, contents)) = bytes.split_first() else { return };
    let file = File::new("seethru.toml", contents);
    let path = file.path().to_string_lossy();
    let call = CALLS[usize::from(call % 4)];
    // Behind a subcommand's name.
    let words = [&["seethru"], call, &["--config", &path]].concat();
    within(64 << 20, || configuration(&words));
}
