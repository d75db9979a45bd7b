//! Video in and stills out, through the public interface.

#[cfg(feature = "video")]
mod colors;
mod files;
mod images;
mod locating;
mod selecting;
mod stacks;
mod stills;
mod support;
#[cfg(feature = "video")]
mod times;
mod viewing;
mod y4m;
