//! Horizontal bands: how much of the video is in memory at a time.

use std::ops::Range;

use crate::pipeline::{Baseline, CenterSettings, Choice, Method, RestoreError, Settings};
use crate::places::distance::{Windows, strip_bytes};
use crate::places::{Grid, stitcher_bytes};
use crate::video::{Channels, Depth, VideoInfo};

/// Columns and rows of places that one task works on: enough that the cells shared with
/// neighboring tasks, which are computed twice, are a tenth of the work.
pub(crate) const TASK_COLUMNS: usize = 8;
pub(crate) const TASK_ROWS: usize = 16;

/// Memory of the program itself, FFmpeg's tables and the threads' stacks.
const BASE_BYTES: u64 = 48 << 20;

/// Frames that the decoder and the converter hold at a time: FFmpeg's reference frames and one in
/// flight for each of its threads.
const DECODER_FRAMES: u64 = 24;

/// Rows of places, split into bands, and the estimate of peak memory that goes with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bands {
    /// Rows of the grid, in order, each once.
    pub rows: Vec<Range<usize>>,
    /// Estimated peak bytes.
    pub bytes: u64,
}

impl Bands {
    /// Memory of decoding alone.
    pub fn base(info: &VideoInfo) -> u64 {
        let frame = (info.width * info.height * bytes_per_sample(info.depth)) as u64;
        BASE_BYTES + frame * (DECODER_FRAMES * 3 / 2 + 2 * Channels::Rgb.count() as u64)
    }

    /// The fewest bands that stay under `settings.memory`.
    pub fn plan(
        info: &VideoInfo,
        grid: &Grid,
        settings: &Settings,
        frames: usize,
        threads: usize,
    ) -> Result<Bands, RestoreError> {
        let fixed = fixed_bytes(info, grid, settings, frames, threads)?;
        // Baselines and comparisons keep a band of all channels.
        let color = settings.comparisons || matches!(settings.method, Method::Baseline(_));
        let channels = if color { info.channels.count() } else { 1 };
        // The median has its own band of luma, besides the one whose patches are compared with it.
        let nearest_median = settings.method == Method::Baseline(Baseline::NearestMedian);
        let channels = channels.max(if nearest_median { 2 } else { 1 });
        let row = (frames * info.width * channels * bytes_per_sample(info.depth)) as u64;
        // Each thread's summed-area table, and the sharpness of every patch.
        let table = |rows: &Range<usize>| match settings.method {
            Method::Lucky => {
                let pixels = pixel_rows(grid, rows).len() * info.width;
                (16 * pixels * threads + 8 * rows.len() * grid.columns() * frames) as u64
            }
            _ => 0,
        };
        let bytes = |rows: &Range<usize>| fixed + row * pixel_rows(grid, rows).len() as u64 + table(rows);
        for count in 1..=grid.rows() {
            let height = grid.rows().div_ceil(count);
            let rows = (0..grid.rows()).step_by(height).map(|at| at..(at + height).min(grid.rows()));
            let rows: Vec<_> = rows.collect();
            let peak = rows.iter().map(bytes).max().unwrap_or(0);
            if peak <= settings.memory {
                return Ok(Bands { rows, bytes: peak });
            }
        }
        Err(RestoreError::Memory { needed: bytes(&(0..1)), limit: settings.memory })
    }
}

/// Rows of pixels that these rows of places cover.
pub(crate) fn pixel_rows(grid: &Grid, rows: &Range<usize>) -> Range<usize> {
    grid.ys()[rows.start]..grid.ys()[rows.end - 1] + grid.patch()
}

fn bytes_per_sample(depth: Depth) -> usize {
    match depth {
        Depth::Eight => 1,
        Depth::Sixteen => 2,
    }
}

/// Everything but the band itself: decoder, canvas, the threads' matrices and the centers' pixels.
fn fixed_bytes(
    info: &VideoInfo,
    grid: &Grid,
    settings: &Settings,
    frames: usize,
    threads: usize,
) -> Result<u64, RestoreError> {
    let pixels = (info.width * info.height) as u64;
    let frame = pixels * bytes_per_sample(info.depth) as u64;
    let canvas = stitcher_bytes(info.width, info.height, info.channels);
    let mut bytes = Bands::base(info) + canvas;
    if let Method::Centers(CenterSettings { centers, choice, .. }) = &settings.method {
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
