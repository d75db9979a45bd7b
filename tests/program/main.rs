//! The `seethru` program from outside: what is typed, what is printed, what is written.
#![cfg(all(feature = "cli", feature = "video"))]
// A test has no API: `pub` is for its other modules.
#![allow(unreachable_pub)]

mod bad_input;
mod batch;
mod browser;
mod cli;
#[path = "../support/clips.rs"]
mod clips;
mod compare;
mod device;
#[cfg(unix)]
mod docs;
mod embed;
mod info;
mod inspect;
mod pages;
mod program;
mod restoring;
