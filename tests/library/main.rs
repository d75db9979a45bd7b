//! The library as its users call it: videos in, restored stills out.

// A test has no API: `pub` is for its other modules.
#![allow(unreachable_pub)]

mod agreement;
mod camera;
#[path = "../support/clips.rs"]
mod clips;
mod measure;
mod restore;
mod video;
