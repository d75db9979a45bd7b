//! What registration keeps in memory.

use super::field::Lattice;
use super::second_order::POOL;
use super::small::SIDE;

/// Bytes besides the frames themselves, for all stages: fields and their inverses, each thread's planes
/// and pyramids, and the sums of the fusion.
#[must_use]
pub(crate) fn footprint(width: usize, height: usize, frames: usize, threads: usize) -> u64 {
    let (pixels, nodes) = ((width * height) as u64, Lattice::over(width, height).nodes() as u64);
    let (frames, threads) = (frames as u64, threads as u64);
    // dx and dy of the field, its inverse and the one composed from both.
    let fields = frames * nodes * 8 * 3;
    // Displacements and their products, both components, as measured and slow.
    let second_order = frames * nodes.min(POOL as u64) * 4 * 8;
    // A plane, two pyramids (4/3 each), the warped level, and the five sums' lattices.
    let per_thread = 4 * (5 * pixels + 24 * nodes);
    // Reference, template, means and counts.
    let planes = 4 * 8 * pixels;
    // Windows: one for every 64 pixels; spectra, weights, and two values for each frame.
    let windows = pixels / 64 + (width + height) as u64 / 4;
    let fusion = windows * (5984 + 8 * frames) + 4 * 14 * pixels;
    // Thumbnails and their distances.
    let paths = frames * 4 * (128 * 128).min(pixels) + 2 * 8 * frames * frames;
    // The small copy on which a start is chosen; nothing else is there then.
    let small = frames * 4 * (SIDE * SIDE).min(width * height) as u64;
    fields + second_order + threads * per_thread + planes + fusion.max(paths).max(small)
}
