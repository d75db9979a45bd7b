//! What registration knows beside the picture: the stabilised clip, the waves, the confidence.

use anyhow::{Context as _, Result};
use seethru::pipeline::{Restoration, RestoreError, stabilised, write_displacements};
use seethru::video::{Input, Quality, VideoSpec, VideoWriter, write_still};

use super::console::Console;
use super::plan::RestorePlan;
use super::stop::Stop;

/// Frames per second of a clip that does not say (a folder of images).
const FRAME_RATE: f64 = 25.0;

/// Writes those that the plan asks for.
pub fn write(
    plan: &RestorePlan,
    input: &Input,
    restoration: &Restoration,
    console: &Console,
    stop: &Stop,
) -> Result<()> {
    let Some(registration) = &restoration.registration else { return Ok(()) };
    let written = || format!("{} was written, but not all else", plan.picture.display());
    if let Some(path) = &plan.confidence {
        write_still(path, &registration.confidence).with_context(written)?;
    }
    if let Some(path) = &plan.displacements {
        write_displacements(path, registration).with_context(written)?;
    }
    if let Some(path) = &plan.video {
        let picture = &restoration.picture;
        let spec = VideoSpec {
            width: picture.width,
            height: picture.height,
            fps: restoration.video.frame_rate.unwrap_or(FRAME_RATE) / plan.settings.frames.every.get() as f64,
            channels: picture.channels,
            depth: restoration.video.depth,
            quality: Quality::default(),
        };
        let mut writer = VideoWriter::create(path, &spec).with_context(written)?;
        let mut failed = None;
        let bars = console.progress(stop.clone());
        let done = stabilised(input, &plan.settings, restoration, &bars, |frame| {
            writer.push(&frame).map_err(|error| {
                failed = Some(error);
                RestoreError::Cancelled
            })
        });
        drop(bars);
        if let Some(error) = failed {
            return Err(error).with_context(written);
        }
        done.with_context(written)?;
        writer.finish().with_context(written)?;
    }
    Ok(())
}
