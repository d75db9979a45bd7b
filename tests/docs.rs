//! Every command that the guide and `--help` show is run, in a folder that holds what they name.
#![cfg(all(feature = "cli", feature = "video", unix))]

#[allow(dead_code, reason = "each harness uses its part")]
#[path = "support/clips.rs"]
mod clips;
#[path = "docs/guide.rs"]
mod guide;
#[path = "docs/help.rs"]
mod help;
#[path = "docs/json.rs"]
mod json;
#[path = "docs/links.rs"]
mod links;
#[path = "docs/studio.rs"]
mod studio;
#[allow(dead_code, reason = "each harness uses its part")]
#[path = "embed/tables.rs"]
mod tables;
