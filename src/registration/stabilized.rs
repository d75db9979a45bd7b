//! The clip without the water's motion: every frame warped into the restored geometry.

use super::color::{in_gray_levels, rounded};
use super::plane::Plane;
use super::steady::steady_color;
use super::warp::{RowScratch, warp_row};
use crate::clip::Clip;
use crate::error::Error;
use crate::restoration::Restoration;
use crate::settings::Settings;
use crate::stage;
use crate::video::{Frame, Input};
use manifold::progress::Progress;

/// Passes every frame that was used, in order and in the restored geometry, to `visit`. A pixel that a frame does
/// not see is taken from the still. The input is decoded once more.
///
/// # Errors
/// Those of decoding and of `visit`; `Canceled` if `progress` asked to stop. Nothing is visited if
/// `restoration` was made without registration.
pub fn stabilized(
    input: &Input,
    settings: &Settings,
    restoration: &Restoration,
    progress: &dyn Progress,
    mut visit: impl FnMut(Frame) -> Result<(), Error>,
) -> Result<(), Error> {
    let Some(registration) = &restoration.registration else { return Ok(()) };
    let clip = Clip::reopen(input, settings.frames, &registration.numbers)?;
    let (width, height) = (clip.info.width, clip.info.height);
    let channels = clip.info.channels.count();
    let mut still = Vec::new();
    in_gray_levels(&restoration.still.samples, 1.0, &mut still);
    let (mut color, mut plane) = (Vec::new(), Plane::new(width, height));
    let (mut scratch, mut line) = (RowScratch::default(), vec![0.0; width]);
    clip.read_some(
        |_| true,
        stage::WARP,
        progress,
        |at, frame| {
            in_gray_levels(&frame.samples, 1.0, &mut color);
            steady_color(&mut color, (width, height), &registration.poses[at]);
            let mut warped = still.clone();
            for channel in 0..channels {
                let values = color.iter().skip(channel).step_by(channels);
                plane.values.iter_mut().zip(values).for_each(|(to, from)| *to = *from);
                for y in 0..height {
                    warp_row(&plane, &registration.fields[at], y, &mut scratch, &mut line);
                    let out = warped[y * width * channels..].iter_mut().skip(channel).step_by(channels);
                    out.zip(&line).filter(|(_, value)| !value.is_nan()).for_each(|(to, value)| *to = *value);
                }
            }
            let samples = rounded(&warped, clip.info.depth);
            visit(Frame { width, height, channels: clip.info.channels, samples })
        },
    )
}
