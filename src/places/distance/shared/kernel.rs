//! The inner loops over all pairs of points, compiled for several instruction sets.
//!
//! Points are grouped in blocks of [`LANES`]. Pair sums are kept as tiles of LANES x LANES, one
//! for each pair of blocks with the first not after the second, each contiguous: loops that only
//! add need not know the structure. Parity: bit-exact with the reference on every instruction
//! set, since all arithmetic is exact (see `exact`).

use multiversion::{multiversion, target::target_cfg_f};

use super::exact::{Real, Sample, Sum};

/// Points in a block.
pub(super) const LANES: usize = 16;
/// Entries in a tile.
pub(super) const TILE: usize = LANES * LANES;

/// Entries in the tiles of `blocks` blocks.
pub(super) const fn tile_entries(blocks: usize) -> usize {
    blocks * (blocks + 1) / 2 * TILE
}

/// Where the pair `i <= j` is in the tiles of `blocks` blocks.
pub(super) fn entry(blocks: usize, i: usize, j: usize) -> usize {
    let (first, second) = (i / LANES, j / LANES);
    let tile = first * (2 * blocks - first + 1) / 2 + second - first;
    tile * TILE + i % LANES * LANES + j % LANES
}

/// A rectangle of pixels.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub x: (usize, usize),
    pub y: (usize, usize),
}

impl Cell {
    pub(super) fn pixels(&self) -> usize {
        (self.x.1 - self.x.0) * (self.y.1 - self.y.0)
    }
}

/// Gathers a cell's centered samples: block after block, pixel after pixel, a lane per point.
/// `panel` holds `blocks * cell.pixels()` entries; lanes without a point stay as they are.
pub(super) fn gather<S: Sample>(
    samples: &[S],
    (width, height): (usize, usize),
    cell: Cell,
    panel: &mut [[S::Real; LANES]],
) {
    let pixels = cell.pixels();
    let columns = cell.x.1 - cell.x.0;
    for (point, picture) in samples.chunks_exact(width * height).enumerate() {
        let (block, lane) = (point / LANES, point % LANES);
        let entries = panel[block * pixels..(block + 1) * pixels].chunks_exact_mut(columns);
        for (y, entries) in (cell.y.0..cell.y.1).zip(entries) {
            let values = &picture[y * width + cell.x.0..][..columns];
            for (entry, value) in entries.iter_mut().zip(values) {
                entry[lane] = value.centered();
            }
        }
    }
}

/// Adds the cell's dot products of all pairs to the running sums: `after = before + dots`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub(super) fn add_dots<R: Real>(
    panel: &[[R; LANES]],
    pixels: usize,
    before: &[R::Sum],
    after: &mut [R::Sum],
) {
    let blocks = panel.len() / pixels;
    let mut tiles = before.chunks_exact(TILE).zip(after.chunks_exact_mut(TILE));
    for first in 0..blocks {
        let a = &panel[first * pixels..(first + 1) * pixels];
        for (second, (before, after)) in (first..blocks).zip(&mut tiles) {
            let b = &panel[second * pixels..(second + 1) * pixels];
            // Rows at a time: what fits into the registers with the operands.
            if target_cfg_f!(target_feature = "avx512f") {
                tile_of_8(a, b, before, after);
            } else if target_cfg_f!(target_feature = "fma") || cfg!(target_arch = "aarch64") {
                tile_of_4(a, b, before, after);
            } else {
                tile_of_2(a, b, before, after);
            }
        }
    }
}

/// One tile of [`add_dots`], as many of its rows at a time as are named. Every row has its own
/// variable: as an array of rows the sums would be vectorized across rows and stay in memory,
/// some two hundred times slower.
macro_rules! tile {
    ($name:ident, $rows:literal rows, $step:ident, $($sum:ident = $row:literal),*) => {
        #[inline(always)]
        fn $name<R: Real>(
            a: &[[R; LANES]],
            b: &[[R; LANES]],
            before: &[R::Sum],
            after: &mut [R::Sum],
        ) {
            let groups = before.chunks_exact($rows * LANES).zip(after.chunks_exact_mut($rows * LANES));
            for (group, (before, after)) in groups.enumerate() {
                $( let mut $sum = [R::MAGIC; LANES]; )*
                for (a, b) in a.iter().zip(b) {
                    let a = &a[group * $rows..][..$rows];
                    $( for lane in 0..LANES {
                        $sum[lane] = R::$step(a[$row], b[lane], $sum[lane]);
                    } )*
                }
                $( for lane in 0..LANES {
                    let at = $row * LANES + lane;
                    after[at] = before[at] + $sum[lane].since_magic();
                } )*
            }
        }
    };
}

tile!(tile_of_8, 8 rows, fused, s0 = 0, s1 = 1, s2 = 2, s3 = 3, s4 = 4, s5 = 5, s6 = 6, s7 = 7);
tile!(tile_of_4, 4 rows, fused, s0 = 0, s1 = 1, s2 = 2, s3 = 3);
tile!(tile_of_2, 2 rows, unfused, s0 = 0, s1 = 1);

/// `below = above + (right - left)`, entry by entry.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub(super) fn add_run<T: Sum>(left: &[T], right: &[T], above: &[T], below: &mut [T]) {
    let run = left.iter().zip(right);
    for ((below, &above), (&left, &right)) in below.iter_mut().zip(above).zip(run) {
        *below = above + (right - left);
    }
}

/// What turns a window's dot products into squared distances.
pub(super) struct Norms {
    /// Number of points.
    pub points: usize,
    /// |a|² of each point, and anything up to the end of the last block.
    pub squares: Vec<[i64; LANES]>,
    /// Σa of each point in the same way, and the number of pixels, when means are taken out.
    pub level: Option<(Vec<[i64; LANES]>, i64)>,
}

/// Writes the squared distances of a window, whose dot products are `below - above`, into the
/// whole symmetric n x n matrix `out`, n being the number of points. There are tiles for `stored`
/// blocks; a block beyond the points is skipped.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub(super) fn write_matrix<T: Sum>(above: &[T], below: &[T], stored: usize, norms: &Norms, out: &mut [u64]) {
    let mut tiles = above.chunks_exact(TILE).zip(below.chunks_exact(TILE));
    for first in 0..stored {
        for (second, (above, below)) in (first..stored).zip(&mut tiles) {
            if second >= norms.squares.len() {
                continue;
            }
            let mut dots = [[T::default(); LANES]; LANES];
            for (dots, (above, below)) in
                dots.iter_mut().zip(above.chunks_exact(LANES).zip(below.chunks_exact(LANES)))
            {
                for lane in 0..LANES {
                    dots[lane] = below[lane] - above[lane];
                }
            }
            write_tile(&dots, norms, first, second, out);
            if first < second {
                write_tile(&transposed(&dots), norms, second, first, out);
            }
        }
    }
}

#[inline(always)]
fn transposed<T: Sum>(tile: &[[T; LANES]; LANES]) -> [[T; LANES]; LANES] {
    let mut out = [[T::default(); LANES]; LANES];
    for (row, values) in tile.iter().enumerate() {
        for (column, &value) in values.iter().enumerate() {
            out[column][row] = value;
        }
    }
    out
}

/// The squared distances of the points of block `first` (rows) to those of block `second`.
#[inline(always)]
fn write_tile<T: Sum>(
    dots: &[[T; LANES]; LANES],
    norms: &Norms,
    first: usize,
    second: usize,
    out: &mut [u64],
) {
    let n = norms.points;
    let (top, left) = (first * LANES, second * LANES);
    let columns = LANES.min(n - left);
    let squares = &norms.squares[second];
    for ((row, dots), line) in dots.iter().enumerate().zip(out[top * n..].chunks_exact_mut(n)) {
        let square = norms.squares[first][row];
        let mut values = [0_u64; LANES];
        for lane in 0..LANES {
            // Lanes without a point hold anything.
            values[lane] = square.wrapping_add(squares[lane]).wrapping_sub(2 * dots[lane].wide()) as u64;
        }
        if let Some((sums, pixels)) = &norms.level {
            let (sum, sums) = (sums[first][row], &sums[second]);
            for lane in 0..LANES {
                // Both terms may exceed 2^63, but their difference is below 2^64: wrapping is exact.
                let difference = sum.wrapping_sub(sums[lane]);
                let square = difference.wrapping_mul(difference);
                values[lane] = values[lane].wrapping_mul(*pixels as u64).wrapping_sub(square as u64);
            }
        }
        match line[left..].first_chunk_mut::<LANES>() {
            Some(whole) if columns == LANES => *whole = values,
            _ => line[left..].iter_mut().zip(values).for_each(|(entry, value)| *entry = value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The processor of a test run chooses one of the tile kernels; all must agree.
    fn all_tiles<S: Sample>(sample: impl Fn(usize) -> S, exact: impl Fn(S, S) -> i64) {
        let pixels = 9;
        let block = |seed: usize| -> Vec<[S; LANES]> {
            (0..pixels).map(|p| std::array::from_fn(|lane| sample(seed + p * LANES + lane))).collect()
        };
        let centered = |block: &[[S; LANES]]| -> Vec<_> {
            block.iter().map(|lanes| lanes.map(Sample::centered)).collect()
        };
        let (a, b) = (block(3), block(1000));
        let zeros = vec![<S::Real as Real>::Sum::default(); TILE];
        for kernel in [tile_of_8::<S::Real>, tile_of_4::<S::Real>, tile_of_2::<S::Real>] {
            let mut dots = zeros.clone();
            kernel(&centered(&a), &centered(&b), &zeros, &mut dots);
            for (at, dot) in dots.iter().enumerate() {
                let pixels = a.iter().zip(&b);
                let expected: i64 = pixels.map(|(a, b)| exact(a[at / LANES], b[at % LANES])).sum();
                assert_eq!(dot.wide(), expected);
            }
        }
    }

    #[test]
    fn every_tile_kernel_is_exact() {
        let eight = |at: usize| ((at * 7919) >> 3) as u8;
        all_tiles(eight, |a, b| (i64::from(a) - 128) * (i64::from(b) - 128));
        let sixteen = |at: usize| ((at * 7919 * 31) >> 3) as u16;
        all_tiles(sixteen, |a, b| (i64::from(a) - 32768) * (i64::from(b) - 32768));
    }

    #[test]
    fn entries_are_numbered_tile_by_tile() {
        assert_eq!(entry(3, 0, 0), 0);
        assert_eq!(entry(3, 2, LANES + 5), TILE + 2 * LANES + 5);
        assert_eq!(entry(3, LANES, LANES), 3 * TILE);
        assert_eq!(entry(3, 3 * LANES - 1, 3 * LANES - 1), tile_entries(3) - 1);
    }
}
