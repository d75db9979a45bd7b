//! Restoration by registration: all frames of a clip registered densely, and one sharp still from what
//! they agree on.
//!
//! 1. Decode: the luma of all frames.
//! 2. Steady: the camera's motion removed, if requested (`camera`).
//! 3. Choose where to start: the frame in the middle or the temporal mean (`agreement`).
//! 4. Register, in rounds: the displacement field from a reference to each frame (`align`), from the frame in the middle
//!    through `paths`; the geometry corrected by the mean displacement (`mean`, `correct`, `second_order`); the mean of the
//!    frames in it is the next reference.
//! 5. Fuse: from each frame what it shows best (`fuse`); from the temporal mean, the mean of the frames in
//!    register, by their votes.
//! 6. Deblur: what interpolation and errors of registration blurred, and on request the scene's own blur (`deblur`).
//! 7. Color: each channel's difference from luma, through the same fields.

mod agreement;
mod ahead;
mod align;
mod average;
pub(crate) mod camera;
mod color;
mod correct;
mod cosine;
#[cfg_attr(not(feature = "cuda"), path = "cuda_disabled.rs")]
mod cuda;
mod cut;
mod deblur;
mod displacements;
mod error;
mod field;
mod footprint;
mod frames;
mod fuse;
mod grid;
mod low_rank;
mod luma;
mod mean;
mod paths;
mod plane;
mod potential;
mod read_luma;
mod register_settings;
mod registered_clip;
mod residual;
mod rounds;
mod rpca;
mod second_order;
mod small;
mod solve;
mod stabilized;
mod steady;
mod surface;
mod template;
#[cfg(test)]
mod tests;
mod walk;
mod warp;

use crate::baseline;
use crate::clip::{Clip, Timings};
use crate::error::Error;
use crate::estimate::Estimate;
use crate::restoration::Restoration;
use crate::settings::Settings;
use crate::stage;
use crate::video::{Channels, Frame, Input, VideoInfo, Warning, WarningKind};
use agreement::halves;
use color::{color, rounded};
use deblur::deblur;
use fuse::{Fused, fuse, mean_of_registered};
use low_rank::low_rank;
use luma::Luma;
use manifold::progress::{Progress, Stage};
use plane::halvings;
use read_luma::{Budget, decode};
use small::SIDE;
use steady::steady;

pub(crate) use error::SMALLEST_SIDE;
pub(crate) use footprint::footprint;

pub use agreement::{Agreement, RELIABLE};
pub use ahead::{surface_ahead, warping_ahead};
pub use camera::{Motion, Pose};
pub use deblur::Blur;
pub use displacements::write_displacements;
pub use error::{MOST_SHARPENED, RegisterError};
pub use field::{Field, Lattice, SPACING};
pub use frames::Frames;
pub use mean::length;
pub use paths::PathError;
pub use plane::Plane;
pub use register_settings::RegisterSettings;
pub use registered_clip::{Registration, SURE};
pub use rounds::{Registered, Round, Start, register};
pub use rpca::RpcaError;
pub use second_order::SecondOrder;
pub use stabilized::stabilized;
pub use surface::{
    DepthFrom, HeightUnit, Surface, SurfaceError, SurfaceSummary, WaterDepth, WaterSettings, write_surface,
};

/// The still by registration from `start`, or from the start from which the clip's halves agree better.
pub(crate) fn restore(
    input: &Input,
    settings: &Settings,
    how: &RegisterSettings,
    start: Option<Start>,
    progress: &dyn Progress,
) -> Result<Restoration, Error> {
    how.validate()?;
    let mut timings = Timings::default();
    let mut clip = Clip::open(input, settings.frames)?;
    let clip_info = clip.info.clone();
    let ahead = |chosen| progress.ahead(&ahead::ahead(&clip_info, settings, how, (start, chosen)));
    ahead(None);
    let (stack, memory) = timings.time(stage::DECODE, || decode(&mut clip, settings, progress))?;
    let gains = clip.gains();
    let shaky = Luma { clip: &clip, stack: stack.as_ref(), gains: &gains, poses: &[] };
    let (poses, warning) = match how.stabilize {
        Motion::None => (Vec::new(), None),
        motion => timings.time(stage::STABILIZE, || steady(&shaky, motion, progress))?,
    };
    let frames = Luma { poses: &poses, ..shaky };
    let halves = match start {
        Some(_) => None,
        None => timings.time(stage::START, || halves(&frames, &clip.numbers, progress))?,
    };
    let agreement = halves.map(|found| found.agreement);
    let chosen = agreement.map(|found| found.start());
    ahead(chosen);
    let start = start.or(chosen).unwrap_or(Start::Center);
    let found = timings
        .time(stage::REGISTER, || register(&frames, &clip.numbers, start, &settings.device, progress))?;
    let fused = timings.time(fusion(start), || fused(start, &frames, &found, settings.memory, progress))?;
    let mut luma = fused.luma;
    // Of the published method only on request.
    let blur = (start != Start::MeanKept || how.sharpen > 0.0)
        .then(|| timings.time(stage::DEBLUR, || deblur(&mut luma, fused.spread.as_ref(), how.sharpen)));
    let values = match clip.info.channels {
        Channels::Luma => luma.values,
        Channels::Rgb => {
            timings.time(stage::COLOR, || color(&frames, &found, &fused.votes, &luma, progress))?
        }
    };
    let picture = picture(&values, &clip.info);
    let registration =
        Registration::new(found, (start, halves), &clip.numbers, (&fused.confidence, blur), poses);
    drop(stack);
    clip.warnings.extend(warning.map(|line| Warning::new(WarningKind::Doubt, line)));
    let comparisons = settings.comparisons.then(|| {
        let rows = baseline::plan(&clip.info, settings, clip.frames())?.rows;
        timings.time(stage::BASELINE, || baseline::comparisons(&clip, &rows, progress))
    });
    Ok(Restoration {
        still: picture,
        frames_used: clip.frames(),
        places: None,
        registration: Some(registration),
        comparisons: comparisons.transpose()?,
        bands: 1,
        memory_estimate: memory,
        timings: timings.finish(),
        warnings: clip.warnings,
        video: clip.info,
    })
}

/// The stage that makes a still of frames in register.
fn fusion(start: Start) -> Stage {
    match start {
        Start::Center | Start::Mean => stage::FUSE,
        Start::MeanKept => stage::LOW_RANK,
    }
}

/// The still of the frames in register, by the way that belongs to the start.
fn fused(
    start: Start,
    frames: &Luma,
    found: &Registered,
    memory: u64,
    progress: &dyn Progress,
) -> Result<Fused, Error> {
    let Registered { fields, trusted, reference, .. } = found;
    Ok(match start {
        Start::Center => fuse(frames, fields, trusted, reference, progress)?,
        Start::Mean => mean_of_registered(frames, fields, trusted, reference, progress)?,
        Start::MeanKept => low_rank(frames, found, memory, progress)?,
    })
}

/// What registering this many frames of such a video would need.
pub(crate) fn estimate(info: &VideoInfo, settings: &Settings, frames: usize) -> Result<Estimate, Error> {
    let memory = Budget::plan(info, settings, frames)?.bytes;
    Ok(Estimate { frames, places: 0, bands: 1, memory })
}

/// Pixels of the small copy of a frame of this size on which a start is chosen.
pub(crate) fn tried_on((width, height): (usize, usize)) -> f64 {
    (width * height) as f64 / (1_u64 << (2 * halvings((width, height), SIDE))) as f64
}

fn picture(values: &[f32], info: &VideoInfo) -> Frame {
    let samples = rounded(values, info.depth);
    Frame { width: info.width, height: info.height, channels: info.channels, samples }
}
