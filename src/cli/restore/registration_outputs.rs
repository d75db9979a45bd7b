//! What registration knows besides the still: the stabilized clip, the waves, the confidence.

use std::path::Path;

use anyhow::Result;
use manifold::progress::Progress;
use seethru::registration::{stabilized, write_displacements};
use seethru::video::{Input, Quality, VideoSpec, write_still};
use seethru::{Error, Restoration};

use super::pacing::Pacing;
use super::plan::RestorePlan;
use crate::cli::outputs::Outputs;

/// Writes those that the plan asks for.
pub(crate) fn write(
    plan: &RestorePlan,
    input: &Input,
    restoration: &Restoration,
    pacing: &Pacing,
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
        outputs.make(path, |path| write_video(path, plan, input, (restoration, pacing), progress))?;
    }
    Ok(())
}

/// The clip with the water removed.
fn write_video(
    path: &Path,
    plan: &RestorePlan,
    input: &Input,
    (restoration, pacing): (&Restoration, &Pacing),
    progress: &dyn Progress,
) -> Result<()> {
    let picture = &restoration.still;
    let spec = VideoSpec {
        width: picture.width,
        height: picture.height,
        fps: pacing.rate,
        channels: picture.channels,
        depth: restoration.video.depth,
        quality: Quality::default(),
    };
    let mut writer = pacing.begin(path, &spec)?;
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
