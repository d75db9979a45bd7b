//! What cannot be restored is refused in one line that names the file or option and what to do,
//! with nothing written and nothing left behind.
#![cfg(all(feature = "cli", feature = "video"))]

#[allow(dead_code, reason = "each harness uses its part")]
#[path = "support/clips.rs"]
mod clips;
#[path = "bad_input/files.rs"]
mod files;
#[path = "bad_input/options.rs"]
mod options;
#[path = "bad_input/outputs.rs"]
mod outputs;
#[path = "bad_input/pipes.rs"]
mod pipes;
#[allow(dead_code, reason = "each harness uses its part")]
#[path = "support/program.rs"]
mod program;
