//! The data term: what the pixels say about each node of the lattice.
//!
//! With the reference R and the warped frame W(x) = I(x + u(x)) (both less their local means), the
//! residual is e = W - R, and the normal equations of the sum of e² for a change du of the
//! coefficients are approximately
//!
//! ```text
//! (sum over x of B_k g gᵀ) du_k = - sum over x of B_k g e,     g = grad (R + W)/2
//! ```
//!
//! The mean of both gradients makes a step exact to second order (Malis, "Improving vision-based
//! control using efficient second-order minimization techniques", ICRA 2004). The off-diagonal
//! blocks of the left side are lumped onto the diagonal, which bounds the curvature from above. The
//! sums of g and e alone serve to remove local brightness ([`solve`](super::solve)).

use multiversion::multiversion;

use super::field::{Field, SPACING, WEIGHTS, blend_rows};
use super::plane::Plane;
use super::template::Level;

/// Per node the sums of B·gx², B·gx·gy, B·gy², B·gx·e, B·gy·e, B·gx, B·gy and B·e.
pub(super) const SUMS: usize = 8;
/// Partial sums side by side, added up at the end: always in the same order.
const LANES: usize = 16;

/// Both sides of the normal equations, and how well the frame fits.
#[derive(Clone, Debug, Default)]
pub(super) struct Normal {
    pub sums: [Vec<f32>; SUMS],
    /// Variance of the residual where there are gradients: sum of |g|² e² over that of |g|².
    pub variance: f32,
    warped: Vec<f32>,
    row: Row,
}

/// One row's worth of scratch.
#[derive(Clone, Debug, Default)]
struct Row {
    dx: Vec<f32>,
    dy: Vec<f32>,
    x: Vec<f32>,
    y: Vec<f32>,
    squares: Vec<f32>,
    /// Of all four phases, one after the other.
    terms: [Vec<f32>; SUMS],
    sums: Vec<f32>,
}

impl Normal {
    /// Per node the sum of B·e² of what was measured last: how badly the frame fits there.
    pub(super) fn misfit(&self, level: &Level) -> Vec<f32> {
        let (columns, cells) = (level.lattice.columns, level.cells());
        let mut misfit = vec![0.0; level.lattice.nodes()];
        let (mut squares, mut sums) = (vec![0.0; SPACING * cells], vec![0.0; columns]);
        for y in 0..level.height {
            let row = y * SPACING * cells..(y + 1) * SPACING * cells;
            let pairs = self.warped[row.clone()].iter().zip(&level.value[row]);
            squares.iter_mut().zip(pairs).for_each(|(square, (w, r))| *square = (w - r) * (w - r));
            across(&squares, cells, &mut sums);
            for (j, weight) in WEIGHTS[y % SPACING].iter().enumerate() {
                let nodes = &mut misfit[(y / SPACING + j) * columns..][..columns];
                nodes.iter_mut().zip(&sums).for_each(|(node, sum)| *node += weight * sum);
            }
        }
        misfit
    }

    /// Residuals beyond `clip` gray levels count as `clip` (Huber).
    pub(super) fn measure(&mut self, level: &Level, frame: &Plane, field: &Field, clip: f32) {
        let columns = level.lattice.columns;
        for sums in &mut self.sums {
            sums.clear();
            sums.resize(level.lattice.nodes(), 0.0);
        }
        let row = &mut self.row;
        for line in [&mut row.dx, &mut row.dy, &mut row.sums] {
            line.resize(columns, 0.0);
        }
        for line in [&mut row.x, &mut row.y, &mut row.squares] {
            line.resize(columns - 3, 0.0);
        }
        for terms in &mut row.terms {
            terms.resize(SPACING * (columns - 3), 0.0);
        }
        self.warped.resize(level.value.len(), 0.0);
        for y in 0..level.height {
            warp_row(level, frame, field, y, &mut self.row, &mut self.warped);
        }
        let (mut weighted, mut weights) = (0.0, 0.0);
        for y in 0..level.height {
            let (w, g) = measure_row(level, &self.warped, clip, y, &mut self.row, &mut self.sums);
            weighted += f64::from(w);
            weights += f64::from(g);
        }
        self.variance = if weights > 0.0 { (weighted / weights) as f32 } else { 0.0 };
    }
}

/// Fills row `y` of the warped frame, in the order of the level's pixels.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn warp_row(level: &Level, frame: &Plane, field: &Field, y: usize, row: &mut Row, warped: &mut [f32]) {
    let (columns, cells) = (level.lattice.columns, level.cells());
    blend_rows(&field.dx, columns, y / SPACING, &WEIGHTS[y % SPACING], &mut row.dx);
    blend_rows(&field.dy, columns, y / SPACING, &WEIGHTS[y % SPACING], &mut row.dy);
    for (phase, w) in WEIGHTS.iter().enumerate() {
        let (xs, ys) = (&mut row.x[..cells], &mut row.y[..cells]);
        let (dx, dy) = (&row.dx[..cells + 3], &row.dy[..cells + 3]);
        for k in 0..cells {
            xs[k] = (k * SPACING + phase) as f32
                + (w[0] * dx[k] + w[1] * dx[k + 1] + w[2] * dx[k + 2] + w[3] * dx[k + 3]);
            ys[k] = y as f32 + (w[0] * dy[k] + w[1] * dy[k + 1] + w[2] * dy[k + 2] + w[3] * dy[k + 3]);
        }
        let start = (y * SPACING + phase) * cells;
        sample(frame, xs, ys, &level.value[start..start + cells], &mut warped[start..start + cells]);
    }
}

/// Adds row `y` to the sums; returns the sums of |g|² e² and of |g|².
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn measure_row(
    level: &Level,
    warped: &[f32],
    clip: f32,
    y: usize,
    row: &mut Row,
    sums: &mut [Vec<f32>; SUMS],
) -> (f32, f32) {
    let (columns, cells) = (level.lattice.columns, level.cells());
    let mut fit = (0.0, 0.0);
    for phase in 0..SPACING {
        gradients(level, warped, y, phase, row);
        let (r, w) = line(level, warped, y, phase);
        let (weighted, total) = terms(r, w, clip, phase * cells, row);
        fit = (fit.0 + weighted, fit.1 + total);
    }
    for (terms, sums) in row.terms.iter().zip(sums) {
        let own = &mut row.sums[..columns];
        across(terms, cells, own);
        for (j, &w) in WEIGHTS[y % SPACING].iter().enumerate() {
            let start = (y / SPACING + j) * columns;
            let sums = &mut sums[start..start + columns];
            for k in 0..columns {
                sums[k] += w * own[k];
            }
        }
    }
    fit
}

/// The pixels of one phase of row `y`, of the reference and of the warped frame.
#[inline(always)]
fn line<'a>(level: &'a Level, warped: &'a [f32], y: usize, phase: usize) -> (&'a [f32], &'a [f32]) {
    let cells = level.cells();
    let here = (y * SPACING + phase) * cells..(y * SPACING + phase + 1) * cells;
    (&level.value[here.clone()], &warped[here])
}

/// Fills `row.x` and `row.y` with the gradients of the mean of both pictures.
#[inline(always)]
fn gradients(level: &Level, warped: &[f32], y: usize, phase: usize, row: &mut Row) {
    let cells = level.cells();
    let (gx, gy) = (&mut row.x[..cells], &mut row.y[..cells]);
    // A quarter: half for the central difference, half for the mean of both pictures.
    let (r_above, w_above) = line(level, warped, y.saturating_sub(1), phase);
    let (r_below, w_below) = line(level, warped, (y + 1).min(level.height - 1), phase);
    for k in 0..cells {
        gy[k] = 0.25 * ((r_below[k] + w_below[k]) - (r_above[k] + w_above[k]));
    }
    let (r_left, w_left) = line(level, warped, y, (phase + SPACING - 1) % SPACING);
    let (r_right, w_right) = line(level, warped, y, (phase + 1) % SPACING);
    // The left neighbor of the first phase is the last one of the cell before; at the border nothing is
    // known.
    let (first, last) = (usize::from(phase == 0), usize::from(phase == SPACING - 1));
    let inner = cells - first - last;
    let (r_right, w_right) = (&r_right[first + last..][..inner], &w_right[first + last..][..inner]);
    let (r_left, w_left) = (&r_left[..inner], &w_left[..inner]);
    let inside = &mut gx[first..][..inner];
    for k in 0..inner {
        inside[k] = 0.25 * ((r_right[k] + w_right[k]) - (r_left[k] + w_left[k]));
    }
    if first == 1 {
        gx[0] = 0.0;
    }
    if last == 1 {
        gx[cells - 1] = 0.0;
    }
}

/// Fills this phase's terms from the gradients and the residual; returns their fit.
#[inline(always)]
fn terms(r: &[f32], w: &[f32], clip: f32, start: usize, row: &mut Row) -> (f32, f32) {
    let cells = r.len();
    let here = start..start + cells;
    let [xx, xy, yy, ex, ey, sx, sy, se] = &mut row.terms;
    let (xx, xy, yy) = (&mut xx[here.clone()], &mut xy[here.clone()], &mut yy[here.clone()]);
    let (ex, ey) = (&mut ex[here.clone()], &mut ey[here.clone()]);
    let (sx, sy, se) = (&mut sx[here.clone()], &mut sy[here.clone()], &mut se[here]);
    let (gx, gy, squares, w) = (&row.x[..cells], &row.y[..cells], &mut row.squares[..cells], &w[..cells]);
    for k in 0..cells {
        let e = w[k] - r[k];
        squares[k] = e * e;
        let e = e.clamp(-clip, clip);
        (xx[k], xy[k], yy[k]) = (gx[k] * gx[k], gx[k] * gy[k], gy[k] * gy[k]);
        (ex[k], ey[k]) = (gx[k] * e, gy[k] * e);
        (sx[k], sy[k], se[k]) = (gx[k], gy[k], e);
    }
    let (mut weighted, mut total) = ([0.0f32; LANES], [0.0f32; LANES]);
    let blocks = xx.chunks(LANES).zip(yy.chunks(LANES)).zip(squares.chunks(LANES));
    for ((xx, yy), squares) in blocks {
        for lane in 0..xx.len() {
            let energy = xx[lane] + yy[lane];
            total[lane] += energy;
            weighted[lane] += energy * squares[lane];
        }
    }
    (weighted.iter().sum(), total.iter().sum())
}

/// Spreads the terms of a row's pixels over the nodes of a row of the lattice.
#[inline(always)]
fn across(terms: &[f32], cells: usize, sums: &mut [f32]) {
    let phase = |phase: usize| &terms[phase * cells..(phase + 1) * cells];
    let (a, b, c, d) = (phase(0), phase(1), phase(2), phase(3));
    sums.fill(0.0);
    for i in 0..4 {
        let w = [WEIGHTS[0][i], WEIGHTS[1][i], WEIGHTS[2][i], WEIGHTS[3][i]];
        let sums = &mut sums[i..i + cells];
        for k in 0..cells {
            sums[k] += w[0] * a[k] + w[1] * b[k] + w[2] * c[k] + w[3] * d[k];
        }
    }
}

/// The frame between its pixels, bilinear; beyond its border `otherwise`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn sample(frame: &Plane, xs: &[f32], ys: &[f32], otherwise: &[f32], out: &mut [f32]) {
    let last = [padded(xs), padded(ys)];
    let xs = xs.as_chunks().0.iter().chain([&last[0]]);
    let ys = ys.as_chunks().0.iter().chain([&last[1]]);
    let here = otherwise.chunks(LANES).zip(out.chunks_mut(LANES));
    for ((xs, ys), (otherwise, out)) in xs.zip(ys).zip(here) {
        let (values, inside) = between(frame, xs, ys);
        for ((out, otherwise), (value, inside)) in
            out.iter_mut().zip(otherwise).zip(values.iter().zip(inside))
        {
            *out = if inside { *value } else { *otherwise };
        }
    }
}

/// What is left of a line after whole blocks, and zeros.
fn padded(line: &[f32]) -> [f32; LANES] {
    let rest = line.as_chunks::<LANES>().1;
    let mut block = [0.0; LANES];
    block[..rest.len()].copy_from_slice(rest);
    block
}

/// The frame at a block of points, and which of them are in it.
#[inline(always)]
fn between(frame: &Plane, xs: &[f32; LANES], ys: &[f32; LANES]) -> ([f32; LANES], [bool; LANES]) {
    let width = frame.width;
    assert!(frame.values.len() == width * frame.height && width >= 2 && frame.height >= 2);
    let (right, bottom) = ((width - 1) as f32, (frame.height - 1) as f32);
    let (last_x, last_y) = ((width - 2) as i32, (frame.height - 2) as i32);
    // One loop for what is computed, one for what is fetched: the first has many points in hand at once.
    let (mut at, mut shares, mut inside) = ([0i32; LANES], [[0.0f32; LANES]; 2], [false; LANES]);
    for k in 0..LANES {
        let (x, y) = (xs[k], ys[k]);
        inside[k] = (x >= 0.0) & (x <= right) & (y >= 0.0) & (y <= bottom);
        // NaN becomes 0.
        let (x, y) = (x.max(0.0).min(right), y.max(0.0).min(bottom));
        // SAFETY: both are in 0 ..= the picture's size, far inside i32.
        let (column, row) = unsafe { (x.to_int_unchecked::<i32>(), y.to_int_unchecked::<i32>()) };
        let (column, row) = (column.min(last_x), row.min(last_y));
        (shares[0][k], shares[1][k]) = (x - column as f32, y - row as f32);
        at[k] = row * width as i32 + column;
    }
    let (mut upper, mut lower) = ([[0.0f32; 2]; LANES], [[0.0f32; 2]; LANES]);
    for k in 0..LANES {
        // SAFETY: 0 <= column <= width - 2 and 0 <= row <= height - 2, so all four are among the
        // width * height values asserted above.
        unsafe {
            let corner = frame.values.as_ptr().offset(at[k] as isize);
            (upper[k], lower[k]) =
                (corner.cast::<[f32; 2]>().read(), corner.add(width).cast::<[f32; 2]>().read());
        }
    }
    let mut values = [0.0; LANES];
    for k in 0..LANES {
        let above = upper[k][0] + shares[0][k] * (upper[k][1] - upper[k][0]);
        let below = lower[k][0] + shares[0][k] * (lower[k][1] - lower[k][0]);
        values[k] = above + shares[1][k] * (below - above);
    }
    (values, inside)
}
