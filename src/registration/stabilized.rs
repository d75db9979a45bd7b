//! The clip without the water's motion: every frame warped into the restored geometry.

use rayon::prelude::*;

use super::color::{in_gray_levels, rounded};
use super::field::Field;
use super::steady::steady_color;
use super::warp::{RowScratch, warp_channels};
use crate::clip::Clip;
use crate::error::Error;
use crate::restoration::Restoration;
use crate::settings::Settings;
use crate::stage;
use crate::video::{Channels, Frame, Input};
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
    let mut still = Vec::new();
    in_gray_levels(&restoration.still.samples, 1.0, &mut still);
    let mut color = Vec::new();
    clip.read_some(
        |_| true,
        stage::WARP,
        progress,
        |at, frame| {
            in_gray_levels(&frame.samples, 1.0, &mut color);
            steady_color(&mut color, (width, height), &registration.poses[at]);
            let mut warped = still.clone();
            let field = &registration.fields[at];
            match clip.info.channels {
                Channels::Luma => warp::<1>((&color, (width, height)), field, &mut warped),
                Channels::Rgb => warp::<3>((&color, (width, height)), field, &mut warped),
            }
            let samples = rounded(&warped, clip.info.depth);
            visit(Frame { width, height, channels: clip.info.channels, samples })
        },
    )
}

/// Puts what the frame sees over `onto`, both of `N` interleaved channels.
fn warp<const N: usize>((frame, size): (&[f32], (usize, usize)), field: &Field, onto: &mut [f32]) {
    let rows = onto.par_chunks_exact_mut(N * size.0).enumerate();
    rows.for_each_init(
        || (RowScratch::default(), vec![[0.0; N]; size.0]),
        |(scratch, line), (y, onto)| {
            warp_channels((frame, size), field, y, scratch, line);
            let pixels = onto.as_chunks_mut().0.iter_mut().zip(line.iter());
            pixels.filter(|(_, seen)| !seen[0].is_nan()).for_each(|(to, seen)| *to = *seen);
        },
    );
}
