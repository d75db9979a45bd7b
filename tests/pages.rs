//! The pages in a real browser: what they show, by mouse, by keyboard, on a phone, in the dark.
#![cfg(all(feature = "cli", feature = "video"))]

#[path = "support/browser.rs"]
mod browser;
#[allow(dead_code, reason = "each harness uses its part")]
#[path = "support/clips.rs"]
mod clips;
#[allow(dead_code, reason = "each harness uses its part")]
#[path = "support/program.rs"]
mod program;
#[path = "pages/restore.rs"]
mod restore;
