//! What registration knows beside the picture: the stabilized clip, the waves, the confidence.

use std::path::Path;

use anyhow::Result;
use manifold::progress::Progress;
use seethru::registration::{stabilized, write_displacements};
use seethru::video::{Input, Quality, VideoSpec, VideoWriter, write_still};
use seethru::{Error, Restoration};

use super::plan::RestorePlan;
use crate::cli::outputs::Outputs;

/// Frames per second of a clip that does not say (a folder of images).
const FRAME_RATE: f64 = 25.0;

/// Writes those that the plan asks for.
pub(crate) fn write(
    plan: &RestorePlan,
    input: &Input,
    restoration: &Restoration,
    outputs: &mut Outputs,
    progress: &dyn Progress,
) -> Result<()> {
    let Some(registration) = &restoration.registration else { return Ok(()) };
    if let Some(path) = &plan.confidence {
        outputs.make(path, |path| Ok(write_still(path, &registration.confidence)?))?;
    }
    if let Some(path) = &plan.displacements {
        outputs.make(path, |path| Ok(write_displacements(path, registration)?))?;
    }
    if let Some(path) = &plan.video {
        outputs.make(path, |path| write_video(path, plan, input, restoration, progress))?;
    }
    Ok(())
}

/// The clip with the water removed.
fn write_video(
    path: &Path,
    plan: &RestorePlan,
    input: &Input,
    restoration: &Restoration,
    progress: &dyn Progress,
) -> Result<()> {
    let picture = &restoration.still;
    let spec = VideoSpec {
        width: picture.width,
        height: picture.height,
        fps: frame_rate(plan, restoration),
        channels: picture.channels,
        depth: restoration.video.depth,
        quality: Quality::default(),
    };
    let mut writer = VideoWriter::create(path, &spec)?;
    let mut failed = None;
    let done = stabilized(input, plan.resolved(), restoration, progress, |frame| {
        writer.push(&frame).map_err(|error| {
            failed = Some(error);
            Error::Canceled
        })
    });
    if let Some(error) = failed {
        return Err(error.into());
    }
    done?;
    writer.finish()?;
    Ok(())
}

/// Frames per second of what is made of the frames used.
pub(crate) fn frame_rate(plan: &RestorePlan, restoration: &Restoration) -> f64 {
    restoration.video.frame_rate.unwrap_or(FRAME_RATE) / plan.resolved().frames.every.get() as f64
}
