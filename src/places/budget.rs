//! How many rows of places are worked on at a time to stay under the memory limit.

use std::ops::Range;

use super::distance::{Windows, strip_bytes};
use super::patch_settings::{CenterSettings, Choice};
use super::{Grid, Pick, stitcher_bytes};
use crate::baseline::Plain;
use crate::clip::{Bands, decoder_bytes, sample_bytes};
use crate::error::Error;
use crate::settings::Settings;
use crate::video::{Depth, VideoInfo};

/// Columns and rows of places that one task works on: enough that the cells shared with
/// neighboring tasks, which are computed twice, are a tenth of the work.
pub(super) const TASK_COLUMNS: usize = 8;
pub(super) const TASK_ROWS: usize = 16;

/// The fewest bands of rows of places that stay under `settings.memory`.
pub(super) fn plan(
    info: &VideoInfo,
    grid: &Grid,
    settings: &Settings,
    pick: Pick,
    frames: usize,
) -> Result<Bands, Error> {
    let threads = settings.thread_count();
    let fixed = fixed_bytes(info, grid, settings, pick, frames, threads)?;
    // A report's plain pictures keep a band of all channels, and the patches nearest to one as much.
    let color = settings.comparisons || matches!(pick, Pick::Nearest(_));
    let channels = if color { info.channels.count() } else { 1 };
    // The median has its own band of luma, besides the one whose patches are compared with it.
    let channels = channels.max(if pick == Pick::Nearest(Plain::Median) { 2 } else { 1 });
    let row = (frames * info.width * channels * sample_bytes(info.depth)) as u64;
    // Each thread's summed-area table, and the sharpness of every patch.
    let table = |rows: &Range<usize>| match pick {
        Pick::Lucky => {
            let pixels = pixel_rows(grid, rows).len() * info.width;
            (16 * pixels * threads + 8 * rows.len() * grid.columns() * frames) as u64
        }
        _ => 0,
    };
    let bytes = |rows: &Range<usize>| fixed + row * pixel_rows(grid, rows).len() as u64 + table(rows);
    Bands::fewest(grid.rows(), settings.memory, bytes)
}

/// Rows of pixels that these rows of places cover.
pub(super) fn pixel_rows(grid: &Grid, rows: &Range<usize>) -> Range<usize> {
    grid.ys()[rows.start]..grid.ys()[rows.end - 1] + grid.patch()
}

/// Everything but the band itself: decoder, canvas, the threads' matrices and the centers' pixels.
fn fixed_bytes(
    info: &VideoInfo,
    grid: &Grid,
    settings: &Settings,
    pick: Pick,
    frames: usize,
    threads: usize,
) -> Result<u64, Error> {
    let frame = (info.width * info.height * sample_bytes(info.depth)) as u64;
    let mut bytes = decoder_bytes(info, settings) + stitcher_bytes(info.width, info.height, info.channels);
    if let Pick::Centers(CenterSettings { centers, choice, .. }) = pick {
        let windows = Windows::new(grid.patch(), grid.xs().to_vec(), grid.ys().to_vec())?;
        let strip = strip_bytes(frames, info.depth == Depth::Sixteen, &windows, TASK_COLUMNS);
        let geodesics = 4 * (frames.next_multiple_of(64) as u64).pow(2);
        bytes += (strip + geodesics) * threads as u64;
        if *choice != Choice::Blend {
            bytes += 2 * (grid.len() * centers.get() * grid.patch().pow(2)) as u64;
        }
    }
    if settings.comparisons {
        bytes += 3 * frame * 3;
    }
    Ok(bytes)
}
