//! Distances and nearest points of all windows on a GPU; only the lists come back.
//!
//! Parity: neighbors and lengths equal those of [`reference`](super::reference) bit for bit (see
//! `cuda/distance.cu`). Rows of windows are done in batches that fit the memory.

use std::cell::RefCell;
use std::ops::Range;

use cudarc::driver::{CudaSlice, PushKernelArg};
use rayon::prelude::*;

use super::shared::axis::Axis;
use super::{SharedDistances, Voxels};
use manifold::device::cuda::{Batches, Kernels, Pinned, at, grid};
use manifold::device::{AsMemory, Gpu, GpuError};
use manifold::distance::NearestLists;

const KERNELS: Kernels = Kernels {
    base: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/cuda/ptx/distance.ptx")),
    ampere: Some(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/cuda/ptx/distance.sm80.ptx"))),
};

/// Most neighbors: one for each lane of a warp.
pub const MOST_NEAREST: usize = 32;

/// Frames are rounded up to a multiple of a tile.
const TILE: usize = 128;

/// Frames i of a block.
const BLOCK: usize = 64;

/// Most windows of a batch: the second dimension of a grid.
const MOST_WINDOWS: usize = 65535;

/// Fewest batches, so that the work on one overlaps with the next; more would pack the rows that
/// neighboring batches share too often.
const BATCHES: usize = 8;

/// The words of four pixels that a row of windows is made of.
struct Words {
    /// First pixel and pixels of each word.
    start: Vec<i32>,
    count: Vec<i32>,
    /// First word and words of each column of windows.
    across: Vec<[i32; 2]>,
}

impl Words {
    fn new(xs: &[usize], side: usize) -> Words {
        let axis = Axis::new(xs, side);
        let (mut start, mut count, mut first) = (Vec::new(), Vec::new(), vec![0]);
        for cut in axis.cuts.windows(2) {
            for pixel in (cut[0]..cut[1]).step_by(4) {
                start.push(pixel as i32);
                count.push((cut[1] - pixel).min(4) as i32);
            }
            first.push(start.len() as i32);
        }
        let across =
            axis.runs.iter().map(|run| [first[run.start], first[run.end] - first[run.start]]).collect();
        Words { start, count, across }
    }
}

/// What stays the same for all batches.
struct Plan<'a> {
    shared: &'a SharedDistances<'a>,
    words: Words,
    padded: usize,
    planes: usize,
    k: usize,
    unit: f64,
    /// On their way to the GPU: samples of 8 or of 16 bits.
    staging: (RefCell<Pinned<u8>>, RefCell<Pinned<u16>>),
}

/// Finds the `k` nearest of all points at all windows and passes them to `visit`, some rows of windows at a
/// time, from the top. Lengths are in 1 / `unit` of a gray level. `k` is at most [`MOST_NEAREST`] and
/// below the number of points. Returns the least number of rows that were done at a time, if the
/// memory ran out and batches were halved.
///
/// # Errors
/// [`GpuError`], and what `visit` fails with.
pub fn nearest<E: From<GpuError> + AsMemory>(
    gpu: &Gpu,
    shared: &SharedDistances<'_>,
    (k, unit): (usize, f64),
    mut visit: impl FnMut(NearestLists) -> Result<(), E>,
) -> Result<Option<usize>, E> {
    let (volume, windows) = (&shared.volume, &shared.windows);
    if k == 0 || k > MOST_NEAREST || k >= volume.points() {
        return Err(GpuError::Unsupported { what: "find this many nearest points" }.into());
    }
    let plan = Plan {
        shared,
        words: Words::new(windows.xs(), windows.side()),
        padded: volume.points().next_multiple_of(TILE),
        planes: if matches!(volume.voxels(), Voxels::U8(_)) { 1 } else { 2 },
        k,
        unit,
        staging: Default::default(),
    };
    let gap = windows.ys().windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0);
    let rows = windows.ys().len();
    let batches = Batches {
        what: "distances between patches",
        items: rows,
        fixed: plan.bytes_of_pixel_row() * windows.side().saturating_sub(gap) as u64,
        // The lists of the batch before are still there.
        each: plan.bytes_of_pixel_row() * gap.max(1) as u64 + plan.bytes_of_windows() + plan.bytes_of_lists(),
        most: (MOST_WINDOWS / windows.xs().len()).min(rows.div_ceil(BATCHES)).max(1),
    };
    // While one batch is visited, the GPU is busy with the next.
    let mut before: Option<Pending> = None;
    let halved = gpu.in_batches(batches, |rows| {
        let next = plan.launch(gpu, rows)?;
        match before.replace(next) {
            Some(before) => visit(plan.finish(gpu, before)?),
            None => Ok(()),
        }
    })?;
    if let Some(last) = before {
        visit(plan.finish(gpu, last)?)?;
    }
    Ok(halved)
}

/// Lists that the GPU is working on.
struct Pending {
    rows: Range<usize>,
    indices: CudaSlice<u32>,
    lengths: CudaSlice<u32>,
}

impl Plan<'_> {
    /// A row of pixels of all frames, plain and packed.
    fn bytes_of_pixel_row(&self) -> u64 {
        let volume = &self.shared.volume;
        let raw = volume.points() * volume.width() * self.planes;
        (raw + 4 * self.planes * self.words.start.len() * self.padded) as u64
    }

    /// Norms, sums and lists of a row of windows.
    fn bytes_of_windows(&self) -> u64 {
        (self.words.across.len() * 16 * self.padded) as u64 + self.bytes_of_lists()
    }

    fn bytes_of_lists(&self) -> u64 {
        (self.words.across.len() * 8 * self.k * self.shared.volume.points()) as u64
    }

    fn launch(&self, gpu: &Gpu, rows: Range<usize>) -> Result<Pending, GpuError> {
        let (volume, windows) = (&self.shared.volume, &self.shared.windows);
        let tops = &windows.ys()[rows.clone()];
        let top = tops[0];
        let height = tops[tops.len() - 1] + windows.side() - top;
        let down: Vec<i32> = tops.iter().map(|y| (y - top) as i32).collect();
        let packed = self.pack(gpu, top..top + height)?;
        let (across, down) = (gpu.upload(&self.words.across)?, gpu.upload(&down)?);
        let (columns, count) = (windows.xs().len(), tops.len() * windows.xs().len());
        let points = volume.points();
        let mut norms = gpu.zeros::<u64>(count * self.padded)?;
        let mut sums = gpu.zeros::<i64>(count * self.padded)?;
        let mut indices = gpu.zeros::<u32>(count * points * self.k)?;
        let mut lengths = gpu.zeros::<u32>(count * points * self.k)?;
        let plane = (height * self.words.start.len() * self.padded) as u64;
        let (columns_i, side, words) = (columns as i32, windows.side() as i32, self.words.start.len() as i32);
        let (padded, planes) = (self.padded as i32, self.planes as i32);
        let function = gpu.function(&KERNELS, "distance_norms")?;
        let mut launch = gpu.stream().launch_builder(&function);
        launch.arg(&packed).arg(&planes).arg(&plane).arg(&across).arg(&down).arg(&columns_i).arg(&side);
        launch.arg(&words).arg(&padded).arg(&mut norms).arg(&mut sums);
        // SAFETY: the arguments are those of the kernel, which stays within windows x padded frames.
        unsafe { launch.launch(grid((self.padded / 128, count, 1), 128, 0)) }.map_err(at("norms"))?;
        let name = if self.planes == 1 { "distance_nearest_u8" } else { "distance_nearest_u16" };
        let function = gpu.function(&KERNELS, name)?;
        let (frames, k) = (points as i32, self.k as i32);
        let pixels = if self.shared.level { windows.pixels() as u32 } else { 0 };
        let mut launch = gpu.stream().launch_builder(&function);
        launch.arg(&packed).arg(&plane).arg(&across).arg(&down).arg(&columns_i).arg(&side).arg(&words);
        launch.arg(&padded).arg(&norms).arg(&sums).arg(&frames).arg(&k).arg(&pixels).arg(&self.unit);
        launch.arg(&mut indices).arg(&mut lengths);
        // SAFETY: likewise; lists are windows x frames x k.
        unsafe { launch.launch(grid((points.div_ceil(BLOCK), count, 1), 256, 0)) }
            .map_err(at("nearest patches"))?;
        Ok(Pending { rows, indices, lengths })
    }

    fn finish(&self, gpu: &Gpu, pending: Pending) -> Result<NearestLists, GpuError> {
        let Pending { rows, indices, lengths } = pending;
        let (indices, lengths) = (gpu.download(&indices)?, gpu.download(&lengths)?);
        let (points, columns) = (self.shared.volume.points(), self.words.across.len());
        let lists = NearestLists::new((points, self.k), (columns, rows), indices, lengths);
        lists.ok_or(GpuError::Driver {
            what: "nearest patches",
            message: "lists of another length".to_owned(),
        })
    }

    /// The pixel rows of all frames, packed.
    fn pack(&self, gpu: &Gpu, rows: Range<usize>) -> Result<CudaSlice<u32>, GpuError> {
        let volume = &self.shared.volume;
        let words = self.words.start.len();
        let mut packed = gpu.zeros::<u32>(self.planes * rows.len() * words * self.padded)?;
        let (start, count) = (gpu.upload(&self.words.start)?, gpu.upload(&self.words.count)?);
        let (frames, width, height) = (volume.points() as i32, volume.width() as i32, rows.len() as i32);
        let (words_i, padded) = (words as i32, self.padded as i32);
        let blocks = grid((words.div_ceil(32), self.padded / 32, rows.len()), 256, 0);
        let size = (volume.width(), volume.height());
        let samples = frames as usize * width as usize * rows.len();
        macro_rules! pack {
            ($samples:expr, $staging:expr, $name:expr) => {{
                let raw = $staging.upload(gpu, samples, |into| cut($samples, size, &rows, into))?;
                let function = gpu.function(&KERNELS, $name)?;
                let mut launch = gpu.stream().launch_builder(&function);
                launch.arg(&raw).arg(&frames).arg(&width).arg(&height).arg(&start).arg(&count);
                launch.arg(&words_i).arg(&padded).arg(&mut packed);
                // SAFETY: the arguments are those of the kernel; words lie within the width, and packed
                // holds planes x rows x words x padded.
                unsafe { launch.launch(blocks) }.map_err(at("packing pixels"))?;
            }};
        }
        match volume.voxels() {
            Voxels::U8(all) => pack!(all, self.staging.0.borrow_mut(), "distance_pack_u8"),
            Voxels::U16(all) => pack!(all, self.staging.1.borrow_mut(), "distance_pack_u16"),
        }
        Ok(packed)
    }
}

/// Copies these rows of all pictures, one after the other.
fn cut<T: Copy + Send + Sync>(
    samples: &[T],
    (width, height): (usize, usize),
    rows: &Range<usize>,
    into: &mut [T],
) {
    let pictures = samples.chunks_exact(width * height);
    into.par_chunks_exact_mut(rows.len() * width).zip(pictures.collect::<Vec<_>>()).for_each(
        |(into, picture)| {
            into.copy_from_slice(&picture[rows.start * width..rows.end * width]);
        },
    );
}
