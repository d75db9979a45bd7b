//! Sees through moving water: one sharp, undistorted still from a video of a scene under waves.
//!
//! ```
//! # if cfg!(feature = "video") {
//! use seethru::{Input, Settings, progress::Silent, restore};
//!
//! let clip = Input::locate("samples/wavy.mp4")?;
//! let restored = restore(&clip, &Settings::default(), &Silent)?;
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("out.png");
//! seethru::video::write_still(&path, &restored.still)?;
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The modules:
//!
//! | module | what it does |
//! |---|---|
//! | [`video`] | frames in, from FFmpeg, images or y4m; stills and clips out |
//! | [`registration`] | one way to restore: dense registration in rounds, fusion of all frames |
//! | [`places`] | the other: patches of a grid of places, by centers, sharpness or nearness to a plain picture |
//! | [`baseline`] | temporal mean and median |
//! | [`measure`] | how good a picture is, with the truth and without |
//! | [`survey`] | what is in a clip, how its water moves, and settings that suit it |
//! | [`inspect`] | one place: embeddings of its patches, paths to its centers, false edges |
//! | [`synth`] | clips with known truth |
//! | [`output`] | files, written whole or not at all |
//! | [`stage`] | the stages that [`progress`] reports |
//!
//! Distances, graphs, flows and embeddings of any vectors are the crate [`manifold`], on which this one is built.
//!
//! Source: Efros, Isler, Shi, Visontai, "Seeing through water", NIPS 2004. That paper leaves the
//! local distance, the neighborhood, the exact costs and the stitching open: they are our choices.

// The program calls the library by its name.
#[cfg(all(fuzzing, feature = "cli"))]
extern crate self as seethru;

pub mod baseline;
/// The program's readers, for the fuzz targets alone.
#[cfg(all(fuzzing, feature = "cli"))]
#[allow(dead_code, unused_imports)]
#[doc(hidden)]
pub mod cli;
mod clip;
mod error;
mod estimate;
pub mod inspect;
pub mod measure;
pub mod output;
pub mod places;
pub mod registration;
mod restoration;
mod restore;
mod settings;
pub mod stage;
pub mod survey;
pub mod synth;
mod threads;
pub mod video;

pub use error::Error;
pub use estimate::Estimate;
pub use manifold;
pub use manifold::{device, progress};
pub use places::{CenterSettings, Choice, PatchSettings};
pub use registration::Motion;
pub use registration::RegisterSettings;
pub use restoration::Restoration;
pub use restore::{estimate, restore};
pub use settings::{Baseline, Method, Settings};
pub use threads::ThreadsError;
pub use video::{FrameRange, Input};

/// The guide's page on the library: its code is run.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
struct Guide;
