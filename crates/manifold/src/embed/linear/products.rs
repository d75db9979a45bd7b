//! Products of tall matrices, row by row.

use std::ops::Range;

use algebra::{Mat, MatMut, MatRef, Skinny, Working, row_major};
use rayon::prelude::*;

use crate::points::Points;

/// Rows that are worth a task of their own.
const ROWS: usize = 512;
/// Rows over which a Gram matrix is summed in the working precision; beyond, in 64 bits.
const DEEP: usize = 4096;
/// About how many columns a tile of a Gram matrix has.
const TILE: usize = 200;
/// Columns up to which the kernels for few columns are faster.
const NARROW: usize = 64;
/// Most pieces that wait to be summed.
const WAVE: usize = 16;

/// A tall matrix whose rows are computed when needed.
pub(crate) trait Rows: Sync {
    fn rows(&self) -> usize;
    fn columns(&self) -> usize;
    fn fill<T: Skinny>(&self, row: usize, into: &mut [T]);
}

/// The largest magnitude of points whose products vanish in 32 bits: its square is far above the least number, 1e-38, also
/// where others are a thousandth of it.
const TINY: f32 = 1e-15;

/// Whether products of these points must not be taken in 32 bits.
pub(crate) fn is_tiny(points: &Points) -> bool {
    points.values().iter().all(|x| x.abs() < TINY)
}

/// Points less a point: the rows of a centered table.
pub(crate) struct Centered<'a> {
    pub points: &'a Points,
    pub center: &'a [f64],
}

impl Rows for Centered<'_> {
    fn rows(&self) -> usize {
        self.points.n()
    }
    fn columns(&self) -> usize {
        self.points.dimensions()
    }
    fn fill<T: Skinny>(&self, row: usize, into: &mut [T]) {
        T::less(self.points.row(row), self.center, into);
    }
}

/// The same, transposed.
pub(crate) struct Transposed<'a>(pub Centered<'a>);

impl Rows for Transposed<'_> {
    fn rows(&self) -> usize {
        self.0.points.dimensions()
    }
    fn columns(&self) -> usize {
        self.0.points.n()
    }
    fn fill<T: Skinny>(&self, row: usize, into: &mut [T]) {
        let d = self.0.points.dimensions();
        let column = self.0.points.values().iter().skip(row).step_by(d);
        for (into, &x) in into.iter_mut().zip(column) {
            *into = T::of(f64::from(x) - self.0.center[row]);
        }
    }
}

fn fill_rows<T: Skinny>(source: &impl Rows, range: Range<usize>) -> Vec<T> {
    let columns = source.columns();
    let mut values = vec![T::default(); range.len() * columns];
    for (into, row) in values.chunks_exact_mut(columns).zip(range) {
        source.fill(row, into);
    }
    values
}

/// Sums `make` over ranges of `chunk` of the `count` rows, in order.
pub(crate) fn sum_in_order<A: Send>(
    count: usize,
    chunk: usize,
    make: impl Fn(Range<usize>) -> A + Sync,
    add: impl Fn(&mut A, A),
) -> Option<A> {
    let chunks = count.div_ceil(chunk);
    let mut total: Option<A> = None;
    for wave in (0..chunks).step_by(WAVE) {
        let range = wave..(wave + WAVE).min(chunks);
        let parts: Vec<A> =
            range.into_par_iter().map(|c| make(c * chunk..((c + 1) * chunk).min(count))).collect();
        for part in parts {
            match &mut total {
                Some(total) => add(total, part),
                None => total = Some(part),
            }
        }
    }
    total
}

/// Mean of each column, summed in 64 bits.
pub(crate) fn column_means(points: &Points) -> Vec<f64> {
    let d = points.dimensions();
    let sums = sum_in_order(
        points.n(),
        ROWS,
        |range| {
            let mut sums = vec![0.0; d];
            for row in range {
                sums.iter_mut().zip(points.row(row)).for_each(|(sum, &x)| *sum += f64::from(x));
            }
            sums
        },
        |total, part| total.iter_mut().zip(part).for_each(|(total, part)| *total += part),
    );
    sums.unwrap_or_default().iter().map(|sum| sum / points.n() as f64).collect()
}

/// AᵀA, both halves, for the tall matrix A: tiles in parallel, products in T, sums of them in 64 bits.
pub(crate) fn gram<T: Skinny>(source: &impl Rows) -> Mat<f64> {
    let (rows, columns) = (source.rows(), source.columns());
    let tiles = columns.div_ceil(TILE);
    let bounds = |t: usize| t * columns / tiles..(t + 1) * columns / tiles;
    let pairs: Vec<(usize, usize)> = (0..tiles).flat_map(|i| (0..=i).map(move |j| (i, j))).collect();
    let mut sums: Vec<Mat<f64>> =
        pairs.iter().map(|&(i, j)| Mat::zeros(bounds(i).len(), bounds(j).len())).collect();
    let mut strip = vec![T::default(); DEEP.min(rows) * columns];
    for start in (0..rows).step_by(DEEP) {
        let here = DEEP.min(rows - start);
        let strip = &mut strip[..here * columns];
        strip.par_chunks_mut(ROWS * columns).enumerate().for_each(|(chunk, values)| {
            for (row, into) in values.chunks_exact_mut(columns).enumerate() {
                source.fill(start + chunk * ROWS + row, into);
            }
        });
        let strip = MatRef::from_row_major_slice(strip, here, columns);
        sums.par_iter_mut().zip(&pairs).for_each(|(sum, &(i, j))| {
            let mut tile = Mat::<T>::zeros(sum.nrows(), sum.ncols());
            let part = |t: usize| strip.subcols(bounds(t).start, bounds(t).len());
            lower_product(tile.as_mut(), part(i), part(j), i == j);
            for c in 0..tile.ncols() {
                for r in 0..tile.nrows() {
                    sum[(r, c)] += tile[(r, c)].wide();
                }
            }
        });
    }
    let mut whole = Mat::<f64>::zeros(columns, columns);
    for (sum, &(i, j)) in sums.iter().zip(&pairs) {
        for (c, column) in bounds(j).enumerate() {
            for (r, row) in bounds(i).enumerate().filter(|&(_, row)| row >= column) {
                whole[(row, column)] = sum[(r, c)];
                whole[(column, row)] = sum[(r, c)];
            }
        }
    }
    whole
}

/// tile = AᵀB; of a tile on the diagonal only the lower half.
fn lower_product<T: Working>(tile: MatMut<'_, T>, a: MatRef<'_, T>, b: MatRef<'_, T>, diagonal: bool) {
    if diagonal {
        T::multiply_lower(tile, a.transpose(), b);
    } else {
        T::multiply(tile, a.transpose(), b);
    }
}

/// A B for the tall A (n x d) and B (d x k), row by row.
pub(crate) fn project<T: Skinny>(source: &impl Rows, basis: MatRef<'_, T>) -> Vec<f64> {
    let (n, k) = (source.rows(), basis.ncols());
    let small = row_major(basis);
    let mut out = vec![0.0; n * k];
    out.par_chunks_mut(ROWS * k).enumerate().for_each(|(chunk, out)| {
        let rows = out.len() / k;
        let values = fill_rows::<T>(source, chunk * ROWS..chunk * ROWS + rows);
        let mut result = vec![T::default(); rows * k];
        if k <= NARROW {
            T::times(&values, source.columns(), &small, k, &mut result);
        } else {
            let values = MatRef::from_row_major_slice(&values, rows, source.columns());
            let to = MatMut::from_row_major_slice_mut(&mut result, rows, k);
            T::multiply(to, values, basis);
        }
        out.iter_mut().zip(&result).for_each(|(out, value)| *out = value.wide());
    });
    out
}

/// AᵀB (d x k) for two tall matrices, B given row by row.
pub(crate) fn cross<T: Skinny>(source: &impl Rows, right: &[f64], k: usize) -> Mat<f64> {
    let d = source.columns();
    let part = |range: Range<usize>| {
        let rows = range.len();
        let b: Vec<T> = right[range.start * k..range.end * k].iter().map(|&x| T::of(x)).collect();
        let values = fill_rows::<T>(source, range);
        let mut sum = vec![T::default(); d * k];
        if k <= NARROW {
            T::transposed_times(&values, d, &b, k, &mut sum);
        } else {
            let a = MatRef::from_row_major_slice(&values, rows, d);
            let b = MatRef::from_row_major_slice(&b, rows, k);
            let to = MatMut::from_row_major_slice_mut(&mut sum, d, k);
            T::multiply(to, a.transpose(), b);
        }
        sum.iter().map(|x| x.wide()).collect::<Vec<f64>>()
    };
    let add = |total: &mut Vec<f64>, part: Vec<f64>| total.iter_mut().zip(part).for_each(|(t, p)| *t += p);
    let total = sum_in_order(source.rows(), ROWS, part, add).unwrap_or_else(|| vec![0.0; d * k]);
    MatRef::from_row_major_slice(&total, d, k).to_owned()
}

#[cfg(test)]
mod tests {
    use algebra::product;

    use super::*;

    /// The largest difference between two entries.
    fn apart(a: &Mat<f64>, b: &Mat<f64>) -> f64 {
        let differences =
            (0..a.ncols()).flat_map(|j| (0..a.nrows()).map(move |i| (a[(i, j)] - b[(i, j)]).abs()));
        differences.fold(0.0, f64::max)
    }

    fn points(n: usize, d: usize) -> Points {
        Points::new((0..n * d).map(|i| ((i * i) as f32 * 0.01 + i as f32).sin()).collect(), d).unwrap()
    }

    fn on_threads<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> R {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
    }

    #[test]
    fn products_are_those_of_whole_matrices() {
        for (n, d, k) in [(1, 1, 1), (3, 5, 2), (600, 33, 4), (5000, 7, 7), (90, 430, 3)] {
            let points = points(n, d);
            let center = column_means(&points);
            let centered = Centered { points: &points, center: &center };
            let whole = Mat::from_fn(n, d, |i, j| f64::from(points.row(i)[j]) - center[j]);
            let square = product(whole.transpose(), whole.as_ref());
            assert!(apart(&gram::<f64>(&centered), &square) < 1e-10);
            assert!(apart(&gram::<f32>(&centered), &square) < 2e-6 * n as f64);
            let dual = gram::<f64>(&Transposed(Centered { points: &points, center: &center }));
            assert!(apart(&dual, &product(whole.as_ref(), whole.transpose())) < 1e-10);
            let basis = Mat::from_fn(d, k, |i, j| ((i + 3 * j) as f64).cos());
            let scores = project::<f64>(&centered, basis.as_ref());
            let wanted = product(whole.as_ref(), basis.as_ref());
            let got = Mat::from_fn(n, k, |i, j| scores[i * k + j]);
            assert!(apart(&got, &wanted) < 1e-10);
            let back = cross::<f64>(&centered, &scores, k);
            assert!(apart(&back, &product(whole.transpose(), wanted.as_ref())) < 1e-9);
        }
    }

    #[test]
    fn bits_do_not_depend_on_threads() {
        let points = points(5000, 210);
        let run = || {
            let center = column_means(&points);
            let centered = Centered { points: &points, center: &center };
            let square = gram::<f32>(&centered);
            let scores = project::<f32>(&centered, Mat::from_fn(210, 3, |i, j| (i + j) as f32).as_ref());
            let back = cross::<f32>(&centered, &scores, 3);
            (square, scores, back)
        };
        let one = on_threads(1, run);
        for threads in [2, 3] {
            assert!(on_threads(threads, run) == one, "{threads} threads");
        }
    }
}
