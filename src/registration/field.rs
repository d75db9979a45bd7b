//! Displacement fields: cubic B-splines on a lattice.
//!
//! ```text
//! u(x, y) = sum over j, k of c[j][k] · B(y/s - j) · B(x/s - k)
//! ```
//!
//! with B the cubic B-spline and s = [`SPACING`] pixels of the pyramid level. Water bends light by
//! the slope of its surface, which is smooth over a few pixels, so the spline loses nothing, has
//! a sixteenth of the unknowns, and can be evaluated anywhere. Lattice index i is at pixel
//! (i - 1)·s: one node lies before the picture and two after it, so that four are around every pixel.
//! Source of the representation: Unser, "Splines: a perfect fit for signal and image processing",
//! IEEE Signal Processing Magazine 16(6), 1999.

use multiversion::multiversion;

/// Pixels from node to node.
pub const SPACING: usize = 4;

/// B at the four nodes around a pixel that is t pixels past the second of them.
pub(super) const WEIGHTS: [[f32; 4]; SPACING] = weights();

const fn weights() -> [[f32; 4]; SPACING] {
    let mut all = [[0.0; 4]; SPACING];
    let mut t = 0;
    while t < SPACING {
        all[t] = weights_at(t as f32 / SPACING as f32);
        t += 1;
    }
    all
}

/// B at the four nodes around a point that is a share t of the spacing past the second.
pub(super) const fn weights_at(t: f32) -> [f32; 4] {
    let r = 1.0 - t;
    [
        r * r * r / 6.0,
        (3.0 * t * t * t - 6.0 * t * t + 4.0) / 6.0,
        (3.0 * r * r * r - 6.0 * r * r + 4.0) / 6.0,
        t * t * t / 6.0,
    ]
}

/// The size of a lattice over a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lattice {
    /// Nodes in a row.
    pub columns: usize,
    /// Rows of nodes.
    pub rows: usize,
}

impl Lattice {
    /// The lattice that covers frames of this size.
    #[must_use]
    pub fn over(width: usize, height: usize) -> Lattice {
        Lattice { columns: width.div_ceil(SPACING) + 3, rows: height.div_ceil(SPACING) + 3 }
    }

    /// Number of nodes.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.columns * self.rows
    }

    /// The pixel at which a node lies.
    #[inline(always)]
    pub(super) fn place(&self, node: usize) -> (f32, f32) {
        let position = |index: usize| (index as f32 - 1.0) * SPACING as f32;
        (position(node % self.columns), position(node / self.columns))
    }
}

/// Displacements in pixels, as spline coefficients, row-major.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Field {
    /// Where the coefficients are.
    pub lattice: Lattice,
    /// To the right.
    pub dx: Vec<f32>,
    /// Down.
    pub dy: Vec<f32>,
}

impl Field {
    /// No displacement anywhere.
    #[must_use]
    pub fn zero(lattice: Lattice) -> Field {
        Field { lattice, dx: vec![0.0; lattice.nodes()], dy: vec![0.0; lattice.nodes()] }
    }

    /// The displacement at a point, in pixels; beyond the border that of the border.
    #[must_use]
    #[inline(always)]
    pub fn at(&self, x: f32, y: f32) -> (f32, f32) {
        let (columns, rows) = (self.lattice.columns, self.lattice.rows);
        let cell = |at: f32, nodes: usize| {
            let at = (at / SPACING as f32).clamp(0.0, (nodes - 3) as f32);
            let first = (at as usize).min(nodes - 4);
            (first, weights_at(at - first as f32))
        };
        let ((left, wx), (top, wy)) = (cell(x, columns), cell(y, rows));
        // Rows first: four products at a time.
        let mut four = [[0.0f32; 4]; 2];
        for (j, wy) in wy.iter().enumerate() {
            let start = (top + j) * columns + left;
            for (four, values) in four.iter_mut().zip([&self.dx, &self.dy]) {
                let line = &values[start..][..4];
                for i in 0..4 {
                    four[i] += wy * line[i];
                }
            }
        }
        let [dx, dy] =
            four.map(|four| (wx[0] * four[0] + wx[1] * four[1]) + (wx[2] * four[2] + wx[3] * four[3]));
        (dx, dy)
    }

    /// The displacement at a node and its derivatives, of dx by x and y and of dy by x and y; beyond the border without slope.
    #[inline(always)]
    pub(super) fn at_node(&self, node: usize) -> ((f32, f32), [f32; 4]) {
        let (columns, rows) = (self.lattice.columns, self.lattice.rows);
        let (column, row) = (node % columns, node / columns);
        if column == 0 || column > columns - 2 || row == 0 || row > rows - 2 {
            let (x, y) = self.lattice.place(node);
            return (self.at(x, y), [0.0; 4]);
        }
        // B is 1/6, 2/3, 1/6 at the nodes, and its slope -1/2, 0, 1/2 from node to node.
        let [x, y] = [&self.dx, &self.dy].map(|values| {
            let [above, here, below] = [node - columns, node, node + columns].map(|at| {
                let (left, middle, right) = (values[at - 1], values[at], values[at + 1]);
                ((left + right) / 6.0 + middle * (2.0 / 3.0), right - left)
            });
            let across = ((above.1 + below.1) / 6.0 + here.1 * (2.0 / 3.0)) / (2 * SPACING) as f32;
            let value = (above.0 + below.0) / 6.0 + here.0 * (2.0 / 3.0);
            (value, [across, (below.0 - above.0) / (2 * SPACING) as f32])
        });
        ((x.0, y.0), [x.1[0], x.1[1], y.1[0], y.1[1]])
    }

    /// The spline that takes `value(x, y)` at every node.
    pub fn through(lattice: Lattice, value: impl Fn(f32, f32) -> (f32, f32)) -> Field {
        let mut field = Field::zero(lattice);
        for at in 0..lattice.nodes() {
            let (x, y) = lattice.place(at);
            (field.dx[at], field.dy[at]) = value(x, y);
        }
        field.interpolated()
    }

    /// The spline that takes these values at the nodes.
    pub(super) fn interpolated(self) -> Field {
        let mut field = self;
        let lattice = field.lattice;
        interpolate(&mut field.dx, lattice);
        interpolate(&mut field.dy, lattice);
        field
    }

    /// The field of the next coarser level, in its pixels: every other node, smoothed.
    pub(super) fn halved(&self, lattice: Lattice) -> Field {
        let mut coarse = Field::zero(lattice);
        for (from, to) in [(&self.dx, &mut coarse.dx), (&self.dy, &mut coarse.dy)] {
            for row in 0..lattice.rows {
                for column in 0..lattice.columns {
                    let mut sum = 0.0;
                    for (j, wy) in [0.25, 0.5, 0.25].iter().enumerate() {
                        for (i, wx) in [0.25, 0.5, 0.25].iter().enumerate() {
                            let y = (2 * row + j).saturating_sub(2).min(self.lattice.rows - 1);
                            let x = (2 * column + i).saturating_sub(2).min(self.lattice.columns - 1);
                            sum += wy * wx * from[y * self.lattice.columns + x];
                        }
                    }
                    to[row * lattice.columns + column] = 0.5 * sum;
                }
            }
        }
        coarse
    }

    /// Adds `coarse` - `before`, two fields of the next coarser level: exactly, because a spline is also
    /// one on the finer lattice.
    pub(super) fn add_finer(&mut self, coarse: &Field, before: &Field) {
        let lattice = self.lattice;
        let of = coarse.lattice;
        // Coarse nodes and weights that make up a fine node.
        let parts = |node: usize, count: usize| -> [(usize, f32); 3] {
            let clamp = |at: usize| at.min(count - 1);
            // Fine position node - 1; coarse index = coarse position + 1.
            if node % 2 == 1 {
                let center = node.div_ceil(2);
                [(center - 1, 0.125), (clamp(center), 0.75), (clamp(center + 1), 0.125)]
            } else {
                let first = node / 2;
                [(clamp(first), 0.5), (clamp(first + 1), 0.5), (clamp(first), 0.0)]
            }
        };
        let pairs = [(&coarse.dx, &before.dx, &mut self.dx), (&coarse.dy, &before.dy, &mut self.dy)];
        let columns: Vec<_> = (0..lattice.columns).map(|column| parts(column, of.columns)).collect();
        for (after, before, fine) in pairs {
            for row in 0..lattice.rows {
                let ys = parts(row, of.rows);
                for (column, xs) in columns.iter().enumerate() {
                    let mut sum = 0.0;
                    for (y, wy) in ys {
                        for &(x, wx) in xs {
                            let at = y * of.columns + x;
                            sum += wy * wx * (after[at] - before[at]);
                        }
                    }
                    fine[row * lattice.columns + column] += 2.0 * sum;
                }
            }
        }
    }
}

/// Of the recursive filter below: sqrt(3) - 2.
const POLE: f32 = -0.267_949_2;

/// Turns values at the nodes into coefficients, in both directions: solves (c[i-1] + 4c[i] + c[i+1])/6 = v[i], beyond
/// the ends as at the ends, by a recursive filter (Unser 1999, box 2).
///
/// Beyond the start the values are the first one: the geometric series of the pole. The end is at rest: exact for a
/// constant, and the pole damps what it is not within a few nodes.
fn interpolate(values: &mut [f32], lattice: Lattice) {
    let Lattice { columns, rows } = lattice;
    for row in values.chunks_exact_mut(columns) {
        row[0] /= 1.0 - POLE;
        for i in 1..columns {
            row[i] += POLE * row[i - 1];
        }
        row[columns - 1] *= -POLE / (1.0 - POLE);
        for i in (0..columns - 1).rev() {
            row[i] = POLE * (row[i + 1] - row[i]);
        }
        row.iter_mut().for_each(|value| *value *= 6.0);
    }
    // All columns side by side.
    let pair = |values: &mut [f32], row: usize, change: fn(&mut f32, &mut f32)| {
        let (upper, lower) = values[row * columns..][..2 * columns].split_at_mut(columns);
        upper.iter_mut().zip(lower).for_each(|(upper, lower)| change(upper, lower));
    };
    values[..columns].iter_mut().for_each(|value| *value /= 1.0 - POLE);
    for row in 0..rows - 1 {
        pair(values, row, |upper, lower| *lower += POLE * *upper);
    }
    values[(rows - 1) * columns..].iter_mut().for_each(|value| *value *= -POLE / (1.0 - POLE));
    for row in (0..rows - 1).rev() {
        pair(values, row, |upper, lower| *upper = POLE * (*lower - *upper));
    }
    values.iter_mut().for_each(|value| *value *= 6.0);
}

/// Blends four rows of coefficients into the row of a pixel row.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub(super) fn blend_rows(
    coefficients: &[f32],
    columns: usize,
    row: usize,
    weights: &[f32; 4],
    out: &mut [f32],
) {
    let rows = &coefficients[row * columns..(row + 4) * columns];
    let (a, rest) = rows.split_at(columns);
    let (b, rest) = rest.split_at(columns);
    let (c, d) = rest.split_at(columns);
    for (k, out) in out[..columns].iter_mut().enumerate() {
        *out = weights[0] * a[k] + weights[1] * b[k] + weights[2] * c[k] + weights[3] * d[k];
    }
}

/// Displacements of all pixels of row `y`, in reading order: `out` holds a whole number of cells.
pub(super) fn expand_row(
    coefficients: &[f32],
    lattice: Lattice,
    y: usize,
    nodes: &mut Vec<f32>,
    out: &mut [f32],
) {
    nodes.resize(lattice.columns, 0.0);
    blend_rows(coefficients, lattice.columns, y / SPACING, &WEIGHTS[y % SPACING], nodes);
    for (four, out) in nodes.windows(4).zip(out.chunks_mut(SPACING)) {
        for (weights, out) in WEIGHTS.iter().zip(out) {
            *out = weights[0] * four[0] + weights[1] * four[1] + weights[2] * four[2] + weights[3] * four[3];
        }
    }
}
