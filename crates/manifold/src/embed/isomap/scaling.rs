//! Classical scaling of distances that fill memory: the strict upper triangle is all there is.

use algebra::spectrum::{Lanczos, SymmetricOperator};
use algebra::{MatMut, MatRef};
use multiversion::multiversion;
use rayon::prelude::*;

use crate::embed::spectrum::largest;
use crate::embed::{EmbedError, Embedding};
use crate::progress::Progress;

/// Columns multiplied at once.
const WIDE: usize = 4;

/// Tasks that share a pass: enough for all threads, each with its own sums.
const TASKS: usize = 32;

/// Entries that a step of the inner loops takes.
const STEP: usize = 8;

/// Distances between n things, by the strict upper triangle row by row.
pub(crate) struct Triangle<'a> {
    n: usize,
    values: &'a [f32],
    /// First rows of the tasks, about the same number of entries in each, and n.
    tasks: Vec<usize>,
}

impl<'a> Triangle<'a> {
    pub(crate) fn new(n: usize, values: &'a [f32]) -> Triangle<'a> {
        debug_assert_eq!(values.len(), n * n.saturating_sub(1) / 2);
        // Rows 0..r hold 1 - (1 - r/n)² of the entries.
        let row = |task: usize| ((1.0 - (1.0 - task as f64 / TASKS as f64).sqrt()) * n as f64) as usize;
        let mut tasks: Vec<usize> = (0..TASKS).map(row).chain([n]).collect();
        tasks.dedup();
        Triangle { n, values, tasks }
    }

    /// The tasks' rows: the first, one past the last, and their entries.
    fn rows(&self) -> impl IndexedParallelIterator<Item = (usize, usize, &'a [f32])> {
        let start = |r: usize| r * (2 * self.n - r - 1) / 2;
        let pairs: Vec<_> = self.tasks.windows(2).map(|pair| (pair[0], pair[1])).collect();
        let values = self.values;
        let ranges: Vec<_> = pairs.iter().map(|&(a, b)| (a, b, &values[start(a)..start(b)])).collect();
        ranges.into_par_iter()
    }

    /// D² x for [`WIDE`] columns, D² taken elementwise.
    fn squares_times(&self, x: &[Vec<f64>; WIDE]) -> [Vec<f64>; WIDE] {
        let n = self.n;
        let part = |(first, last, values): (usize, usize, &[f32])| {
            let mut sums: [Vec<f64>; WIDE] = std::array::from_fn(|_| vec![0.0; n - first]);
            let mut rest = values;
            for row in first..last {
                let (entries, after) = rest.split_at(n - 1 - row);
                rest = after;
                let x: [&[f64]; WIDE] = std::array::from_fn(|c| &x[c][row..]);
                let [a, b, c, d] = &mut sums;
                multiply_row(entries, x, [a, b, c, d].map(|sums| &mut sums[row - first..]));
            }
            sums
        };
        let parts: Vec<_> = self.rows().map(part).collect();
        std::array::from_fn(|c| {
            let mut total = vec![0.0; n];
            total.par_chunks_mut(4096).enumerate().for_each(|(chunk, total)| {
                for (&first, part) in self.tasks.iter().zip(&parts) {
                    // Sums of a task begin at its first row.
                    let skip = first.saturating_sub(chunk * 4096).min(total.len());
                    let from = (chunk * 4096 + skip).saturating_sub(first);
                    if skip < total.len() {
                        total[skip..].iter_mut().zip(&part[c][from..]).for_each(|(sum, part)| *sum += part);
                    }
                }
            });
            total
        })
    }

    /// Mean of each row of D², the zero on the diagonal included.
    pub(crate) fn mean_squares(&self) -> Vec<f64> {
        let empty = || vec![0.0; self.n];
        let [means, ..] = self.squares_times(&[vec![1.0 / self.n as f64; self.n], empty(), empty(), empty()]);
        means
    }

    /// 1 - r², r the correlation of the distances with those between points (a vector of coordinates for each
    /// axis), over all pairs.
    pub(crate) fn residual_variance(&self, axes: &[Vec<f64>]) -> f64 {
        let part = |(first, last, values): (usize, usize, &[f32])| {
            let mut sums = Moments::default();
            let mut squares = vec![0.0; self.n];
            let mut rest = values;
            for row in first..last {
                let (entries, after) = rest.split_at(self.n - 1 - row);
                rest = after;
                squares[..entries.len()].fill(0.0);
                for axis in axes {
                    add_squares(axis[row], &axis[row + 1..], &mut squares);
                }
                sums.add(&moments(entries, &squares));
            }
            sums
        };
        let parts: Vec<Moments> = self.rows().map(part).collect();
        let mut sums = Moments::default();
        parts.iter().for_each(|part| sums.add(part));
        sums.unexplained(self.values.len() as f64)
    }
}

/// Adds one row of distances to the sums of its own node and of those after it.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn multiply_row(entries: &[f32], x: [&[f64]; WIDE], sums: [&mut [f64]; WIDE]) {
    let own = x.map(|x| x[0]);
    let [y0, y1, y2, y3] = sums;
    let mut totals = [[0.0f64; STEP]; WIDE];
    let (steps, tail) = entries.as_chunks::<STEP>();
    for (at, step) in steps.iter().enumerate() {
        let square: [f64; STEP] = std::array::from_fn(|l| f64::from(step[l]) * f64::from(step[l]));
        let range = 1 + at * STEP..1 + (at + 1) * STEP;
        for (c, y) in [&mut *y0, &mut *y1, &mut *y2, &mut *y3].into_iter().enumerate() {
            let x = &x[c][range.clone()];
            let y = &mut y[range.clone()];
            for l in 0..STEP {
                totals[c][l] += square[l] * x[l];
                y[l] += square[l] * own[c];
            }
        }
    }
    let first = 1 + steps.len() * STEP;
    for (c, y) in [y0, y1, y2, y3].into_iter().enumerate() {
        let mut total: f64 = totals[c].iter().sum();
        for (l, &entry) in tail.iter().enumerate() {
            let square = f64::from(entry) * f64::from(entry);
            total += square * x[c][first + l];
            y[first + l] += square * own[c];
        }
        y[0] += total;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn add_squares(own: f64, others: &[f64], squares: &mut [f64]) {
    for (square, other) in squares.iter_mut().zip(others) {
        *square += (other - own) * (other - own);
    }
}

/// Sums over pairs of given distances g and those of the embedding e.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moments {
    g: f64,
    e: f64,
    gg: f64,
    ee: f64,
    ge: f64,
}

impl Moments {
    pub(crate) fn add(&mut self, other: &Moments) {
        self.g += other.g;
        self.e += other.e;
        self.gg += other.gg;
        self.ee += other.ee;
        self.ge += other.ge;
    }

    /// 1 - r² over `count` pairs; 1 where either side is constant.
    pub(crate) fn unexplained(&self, count: f64) -> f64 {
        let covariance = self.ge - self.g * self.e / count;
        let (g, e) = (self.gg - self.g * self.g / count, self.ee - self.e * self.e / count);
        if g > 0.0 && e > 0.0 { 1.0 - covariance * covariance / (g * e) } else { 1.0 }
    }
}

/// Sums over given distances and the squares of those of the embedding.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub(crate) fn moments(given: &[f32], squares: &[f64]) -> Moments {
    let mut sums = [[0.0f64; STEP]; 5];
    for (g, e) in given.chunks(STEP).zip(squares.chunks(STEP)) {
        for l in 0..g.len().min(e.len()) {
            let (g, ee) = (f64::from(g[l]), e[l]);
            let e = ee.sqrt();
            for (sum, term) in sums.iter_mut().zip([g, e, g * g, ee, g * e]) {
                sum[l] += term;
            }
        }
    }
    let [g, e, gg, ee, ge] = sums.map(|lanes| lanes.iter().sum());
    Moments { g, e, gg, ee, ge }
}

/// -1/2 J D² J.
impl SymmetricOperator for Triangle<'_> {
    fn order(&self) -> usize {
        self.n
    }

    fn width(&self) -> usize {
        WIDE
    }

    fn apply(&self, x: MatRef<'_, f64>, mut y: MatMut<'_, f64>) {
        let n = self.n;
        for first in (0..x.ncols()).step_by(WIDE) {
            let count = WIDE.min(x.ncols() - first);
            let columns = std::array::from_fn(|c| {
                if c >= count {
                    return vec![0.0; n];
                }
                let mean = x.col(first + c).iter().sum::<f64>() / n as f64;
                x.col(first + c).iter().map(|value| value - mean).collect()
            });
            let products = self.squares_times(&columns);
            for (c, product) in products.iter().enumerate().take(count) {
                let mean = product.iter().sum::<f64>() / n as f64;
                for (i, value) in product.iter().enumerate() {
                    y[(i, first + c)] = -0.5 * (value - mean);
                }
            }
        }
    }
}

/// Distances after classical scaling, in the triangle's order.
pub(crate) struct Scaled {
    /// One vector for each axis.
    pub(crate) coordinates: Vec<Vec<f64>>,
    pub(crate) eigenvalues: Vec<f64>,
    pub(crate) residuals: Vec<f64>,
    /// Mean of each row of D².
    pub(crate) means: Vec<f64>,
}

/// The largest eigenpairs of the centered squares: `dimensions` axes, and `spectrum` eigenvalues if more.
pub(crate) fn scaled(
    triangle: &Triangle<'_>,
    dimensions: usize,
    spectrum: usize,
    tolerance: f64,
    seed: u64,
    progress: &dyn Progress,
) -> Result<Scaled, EmbedError> {
    if triangle.values.iter().all(|&distance| distance == 0.0) {
        return Err(EmbedError::Coincide);
    }
    let count = spectrum.min(triangle.n).max(dimensions);
    let settings = Lanczos::new(count).tolerance(tolerance).seed(seed);
    let pairs = largest(&settings, triangle, progress)?;
    let axis = |a: usize| {
        let length = pairs.values[a].max(0.0).sqrt();
        pairs.vectors.col(a).iter().map(|component| component * length).collect()
    };
    Ok(Scaled {
        coordinates: (0..dimensions).map(axis).collect(),
        eigenvalues: pairs.values,
        residuals: pairs.residuals,
        means: triangle.mean_squares(),
    })
}

impl Scaled {
    /// The same with entry r for node `order[r]`. Signs are by node, too: where components of the same
    /// magnitude are largest, the first node's is positive.
    pub(crate) fn by_name(self, order: &[u32]) -> Scaled {
        let named = |values: &Vec<f64>| {
            let mut named = vec![0.0; values.len()];
            order.iter().zip(values).for_each(|(&node, &value)| named[node as usize] = value);
            named
        };
        let turned = |values: &Vec<f64>| {
            let mut named = named(values);
            let largest = named.iter().fold(0.0, |best: f64, &x| if x.abs() > best.abs() { x } else { best });
            named.iter_mut().for_each(|value| *value *= largest.signum());
            named
        };
        let coordinates = self.coordinates.iter().map(turned).collect();
        Scaled { coordinates, means: named(&self.means), ..self }
    }

    /// Point by point.
    pub(crate) fn embedding(&self) -> Result<Embedding, EmbedError> {
        let (n, dimensions) = (self.means.len(), self.coordinates.len());
        let coordinates = (0..n * dimensions).map(|at| self.coordinates[at % dimensions][at / dimensions]);
        Embedding::computed(dimensions, coordinates.collect())
    }
}
