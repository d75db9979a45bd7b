//! Video in: one [`FrameSource`] trait over FFmpeg, image sequences and YUV4MPEG2. Stills out.
//!
//! [`Input::locate`] determines what a path means, [`Input::open`] decodes it, [`Selected`] picks
//! frames, [`write_still`] writes a picture.
//!
//! ```
//! use seethru::video::{Channels, Input};
//!
//! # if cfg!(feature = "video") {
//! let mut source = Input::locate("samples/wavy.mp4")?.open(Channels::Luma)?;
//! let mut frames = 0;
//! while let Some(frame) = source.next_frame()? {
//!     assert_eq!(frame.samples.len(), frame.width * frame.height);
//!     frames += 1;
//! }
//! assert_eq!(frames, 80);
//! # }
//! # Ok::<(), seethru::video::VideoError>(())
//! ```

mod aspect;
mod color_space;
mod dynamic_image;
mod encode;
mod error;
#[cfg_attr(not(feature = "video"), path = "ffmpeg_disabled.rs")]
mod ffmpeg;
mod frame;
mod images;
mod input;
mod levels;
mod locate;
mod luma;
mod mask;
mod natural;
mod select;
mod source;
mod still;
mod view;
mod warning;
mod y4m;

pub use color_space::ColorSpace;
pub use dynamic_image::ImageError;
pub use encode::{EncodeError, Quality, VideoSpec, VideoWriter, Written, check_video, keeps_times};
pub use error::{FfmpegTask, Size, VideoError, Y4mProblem};
pub use frame::{Channels, Frame, Samples};
pub use images::{read_still, still_size};
pub use input::Input;
pub(crate) use luma::luma_of_rgb;
pub use mask::Mask;
pub use natural::compare_paths;
pub use select::{FrameRange, Selected};
pub use source::{Depth, FrameSource, VideoInfo};
pub use still::{check_output, write_still, write_still_in};
pub use view::{Crop, NoCrop, View};
pub use warning::{Warning, WarningKind};
