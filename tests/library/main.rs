//! The library as its users call it: videos in, restored stills out.

mod agreement;
#[path = "../support/clips.rs"]
mod clips;
mod measure;
mod restore;
mod video;
