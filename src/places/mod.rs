//! Restoration place by place: at each place of a grid the patches of some frames, unmoved.
//!
//! 1. Decode: the luma of all frames, in as many horizontal bands as the memory requires.
//! 2. Pick frames at each place: its centers by convex flow, the sharpest frames, or the one nearest to a
//!    plain picture.
//! 3. Agree: of several centers of a place, the one that agrees best with its neighbors'.
//! 4. Stitch: the picked frames once more in color, their patches blended.
//!
//! ```
//! use seethru::places::Grid;
//!
//! // The last column and row are flush with the edges.
//! let grid = Grid::new(21, 16, 8, 4)?;
//! assert_eq!((grid.xs(), grid.ys()), (&[0, 4, 8, 12, 13][..], &[0, 4, 8][..]));
//! # Ok::<(), seethru::places::GridError>(())
//! ```

mod agree;
mod band;
mod budget;
mod centers;
mod choose;
pub mod distance;
mod grid;
mod lucky;
mod nearest;
mod on_gpu;
mod patch_settings;
mod place_results;
mod read_bands;
mod stitch;

use crate::baseline::{self, Plain};
use crate::clip::{Clip, Timings};
use crate::error::Error;
use crate::estimate::Estimate;
use crate::restoration::Restoration;
use crate::settings::Settings;
use crate::stage;
use crate::video::{Channels, Frame, Input, VideoInfo, Warning, WarningKind};
use budget::pixel_rows;
use choose::agreeing;
use manifold::device::Device;
use manifold::progress::Progress;
use read_bands::{BandReader, decode};
use stitch::stitch;

pub use crate::clip::{Patch, PatchRows, Stack, StackBuilder, StackError, StackSamples};
pub use agree::{Agreement, Candidates, agree};
pub use grid::{Grid, GridError};
pub use patch_settings::{CenterSettings, Choice, PatchSettings};
pub use place_results::Places;
use stitch::stitcher_bytes;

/// What is picked at each place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Pick<'a> {
    /// Centers by convex flow.
    Centers(&'a CenterSettings),
    /// The sharpest tenth.
    Lucky,
    /// The patch nearest to a plain picture.
    Nearest(Plain),
}

/// Which frames make up the still at each place, all with equal shares, and what was found there.
type Picks = (Vec<Vec<u32>>, Vec<band::Place>);

/// The still made of the patches picked at each place.
pub(crate) fn restore(
    input: &Input,
    settings: &Settings,
    patches: PatchSettings,
    pick: Pick,
    progress: &dyn Progress,
) -> Result<Restoration, Error> {
    let mut timings = Timings::default();
    let mut clip = Clip::open(input, settings.frames)?;
    let grid = Grid::new(clip.info.width, clip.info.height, patches.patch, patches.step)?;
    let (bands, first) =
        timings.time(stage::DECODE, || decode(&mut clip, &grid, settings, pick, progress))?;
    let pixels: Vec<_> = bands.rows.iter().map(|rows| pixel_rows(&grid, rows)).collect();
    let reader = BandReader::new(&clip, &grid, &bands, first, progress);
    let (frames, found) = match pick {
        Pick::Centers(how) => by_flow(reader, how, &settings.device, &mut timings)?,
        Pick::Lucky => sharpest(reader, &mut timings)?,
        Pick::Nearest(Plain::Mean) => {
            let mean = || baseline::mean(&clip, Channels::Luma, progress);
            let mean = timings.time(stage::BASELINE, mean)?;
            nearest_to(&mean, reader, &mut timings)?
        }
        Pick::Nearest(Plain::Median) => {
            let median = || baseline::median_of(&clip, &pixels, Channels::Luma, progress);
            let median = timings.time(stage::BASELINE, median)?;
            nearest_to(&median, reader, &mut timings)?
        }
    };
    let picture = timings.time(stage::STITCH, || stitch(&clip, &grid, &frames, progress))?;
    let comparisons = settings
        .comparisons
        .then(|| timings.time(stage::BASELINE, || baseline::comparisons(&clip, &pixels, progress)))
        .transpose()?;
    let mut warnings = clip.warnings;
    if let Some(warning) = band::fell_apart(&found) {
        warnings.insert(0, Warning::new(WarningKind::Doubt, warning));
    }
    Ok(Restoration {
        still: picture,
        frames_used: clip.numbers.len(),
        places: Some(Places::new(grid, &frames, &found, &clip.numbers)),
        registration: None,
        comparisons,
        bands: bands.rows.len(),
        memory_estimate: bands.bytes,
        timings: timings.finish(),
        warnings,
        video: clip.info,
    })
}

/// What a restoration of this many frames of such a video would need.
pub(crate) fn estimate(
    info: &VideoInfo,
    settings: &Settings,
    patches: PatchSettings,
    pick: Pick,
    frames: usize,
) -> Result<Estimate, Error> {
    let grid = Grid::new(info.width, info.height, patches.patch, patches.step)?;
    let bands = budget::plan(info, &grid, settings, pick, frames)?;
    Ok(Estimate { frames, places: grid.len(), bands: bands.rows.len(), memory: bands.bytes })
}

/// The centers of each place, or the one of them that agrees best with the neighbors'.
fn by_flow(
    mut bands: BandReader,
    how: &CenterSettings,
    device: &Device,
    timings: &mut Timings,
) -> Result<Picks, Error> {
    let (grid, progress, frames) = (bands.grid, bands.progress, bands.clip.frames());
    if how.centers.get() > frames {
        return Err(Error::Centers { centers: how.centers.get(), frames });
    }
    let mut places = Vec::with_capacity(grid.len());
    while let Some((rows, stack)) = timings.time(stage::DECODE, || bands.next())? {
        let band = band::Band { stack: &stack, grid, rows, settings: how, done: places.len(), progress };
        places.extend(timings.time(stage::PLACES, || centers::find(&band, device))?);
    }
    // A single center leaves no choice.
    let frames = if how.choice == Choice::Blend || how.centers.get() == 1 {
        places.iter().map(|place| place.frames.clone()).collect()
    } else {
        timings.time(stage::AGREE, || agreeing(&mut places, grid, how.centers.get(), progress))?
    };
    Ok((frames, places))
}

/// The sharpest frames at each place.
fn sharpest(mut bands: BandReader, timings: &mut Timings) -> Result<Picks, Error> {
    let (grid, keep) = (bands.grid, lucky::kept(bands.clip.frames()));
    let dim = lucky::dim(&bands.clip.brightness);
    let mut frames = Vec::with_capacity(grid.len());
    while let Some((rows, stack)) = timings.time(stage::DECODE, || bands.next())? {
        frames.extend(timings.time(stage::BASELINE, || lucky::lucky(&stack, grid, rows, keep, &dim))?);
    }
    Ok((frames, Vec::new()))
}

/// The frame nearest to a plain picture at each place.
fn nearest_to(reference: &Frame, mut bands: BandReader, timings: &mut Timings) -> Result<Picks, Error> {
    let grid = bands.grid;
    let mut frames = Vec::with_capacity(grid.len());
    while let Some((rows, stack)) = timings.time(stage::DECODE, || bands.next())? {
        let nearest = timings.time(stage::BASELINE, || nearest::nearest(reference, &stack, grid, rows))?;
        frames.extend(nearest.into_iter().map(|frame| vec![frame]));
    }
    Ok((frames, Vec::new()))
}
