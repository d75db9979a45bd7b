//! Video in and stills out, through the public interface.

#[cfg(feature = "video")]
#[path = "video/files.rs"]
mod files;
#[path = "video/images.rs"]
mod images;
#[path = "video/locating.rs"]
mod locating;
#[path = "video/selecting.rs"]
mod selecting;
#[path = "video/stills.rs"]
mod stills;
#[path = "video/support.rs"]
mod support;
#[path = "video/y4m.rs"]
mod y4m;
