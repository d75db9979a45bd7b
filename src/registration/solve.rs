//! The linear system of one step: data and smoothness, by conjugate gradients.
//!
//! ```text
//! (J + a L) d = - (b + a L c)
//! ```
//!
//! J the 2 x 2 blocks of the reference, b the force of the pixels, c the coefficients so far, d their
//! change; L is the lattice's graph Laplacian, the gradient of half the sum over neighboring
//! nodes of |c_i - c_k|². Preconditioned by the 2 x 2 diagonal blocks.

use multiversion::multiversion;

use super::field::{Field, Lattice, SPACING};
use super::residual::Normal;

/// Steps of conjugate gradients. The increment need not be exact: the next step corrects it.
const ITERATIONS: usize = 10;

/// Light focused by the water brightens a frame locally, without any motion. With a free offset of the
/// brightness at each node the sums S would lose S_g S_gᵀ/S_1, S_1 being 16 pixels; half of that leaves
/// edges some hold where there is nothing else.
const OFFSET: f32 = 0.5 / 16.0;

/// Scratch of the solver.
#[derive(Clone, Debug, Default)]
pub(super) struct Solve {
    /// The change.
    pub x: Vec<f32>,
    pub y: Vec<f32>,
    residual: [Vec<f32>; 2],
    direction: [Vec<f32>; 2],
    image: [Vec<f32>; 2],
    inverse: [Vec<f32>; 3],
    /// J, turned into the frame.
    blocks: [Vec<f32>; 3],
    /// What turns a row of it.
    turned: [Vec<f32>; 4],
}

impl Solve {
    /// Finds the change for smoothness `a`.
    pub(super) fn run(&mut self, normal: &Normal, field: &Field, a: f32) {
        let lattice = field.lattice;
        self.begin(lattice.nodes());
        assemble(self, normal, field, a);
        invert_blocks(lattice, &self.blocks, a, &mut self.inverse);
        conjugate_gradients(self, lattice, a);
    }

    /// The data alone: the blocks J (xx, xy, yy) and the force -b at each node.
    pub(super) fn data(&mut self, normal: &Normal, field: &Field) -> (&[Vec<f32>; 3], &[Vec<f32>; 2]) {
        self.begin(field.lattice.nodes());
        assemble(self, normal, field, 0.0);
        (&self.blocks, &self.residual)
    }

    fn begin(&mut self, nodes: usize) {
        let all = [&mut self.residual, &mut self.direction, &mut self.image];
        for line in all
            .into_iter()
            .flatten()
            .chain(&mut self.inverse)
            .chain(&mut self.blocks)
            .chain([&mut self.x, &mut self.y])
        {
            line.resize(nodes, 0.0);
        }
        self.x.fill(0.0);
        self.y.fill(0.0);
    }
}

/// Fills the blocks, and the residual of x = y = 0.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn assemble(of: &mut Solve, normal: &Normal, field: &Field, a: f32) {
    let lattice = field.lattice;
    let [rx, ry] = &mut of.residual;
    laplacian(&field.dx, lattice, rx);
    laplacian(&field.dy, lattice, ry);
    let [jxx, jxy, jyy] = &mut of.blocks;
    for row in 0..lattice.rows {
        turn(field, row, &mut of.turned);
        let own = row * lattice.columns..(row + 1) * lattice.columns;
        let [sxx, sxy, syy, sex, sey, sx, sy, se] = normal.sums.each_ref().map(|sums| &sums[own.clone()]);
        let [p, q, r, s] = of.turned.each_ref().map(|line| &line[..lattice.columns]);
        let (rx, ry) = (&mut rx[own.clone()], &mut ry[own.clone()]);
        let (jxx, jxy, jyy) = (&mut jxx[own.clone()], &mut jxy[own.clone()], &mut jyy[own]);
        for k in 0..lattice.columns {
            let (bx, by) = (sex[k] - OFFSET * sx[k] * se[k], sey[k] - OFFSET * sy[k] * se[k]);
            let (xx, xy, yy) = (
                sxx[k] - OFFSET * sx[k] * sx[k],
                sxy[k] - OFFSET * sx[k] * sy[k],
                syy[k] - OFFSET * sy[k] * sy[k],
            );
            // A J Aᵀ and A b for A = (p q; r s).
            let (ax, ay) = (p[k] * xx + q[k] * xy, p[k] * xy + q[k] * yy);
            let (cx, cy) = (r[k] * xx + s[k] * xy, r[k] * xy + s[k] * yy);
            (jxx[k], jxy[k], jyy[k]) = (ax * p[k] + ay * q[k], ax * r[k] + ay * s[k], cx * r[k] + cy * s[k]);
            rx[k] = -(p[k] * bx + q[k] * by + a * rx[k]);
            ry[k] = -(r[k] * bx + s[k] * by + a * ry[k]);
        }
    }
}

/// From x = y = 0 with its residual.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn conjugate_gradients(of: &mut Solve, lattice: Lattice, a: f32) {
    let mut old = 0.0;
    for iteration in 0..ITERATIONS {
        let [rx, ry] = &of.residual;
        let new = precondition(&of.inverse, rx, ry, &mut of.image);
        let beta = if iteration == 0 { 0.0 } else { new / old };
        old = new;
        if old <= f32::MIN_POSITIVE {
            return;
        }
        for (p, z) in of.direction.iter_mut().zip(&of.image) {
            if iteration == 0 {
                p.copy_from_slice(z);
            } else {
                p.iter_mut().zip(z).for_each(|(p, z)| *p = z + beta * *p);
            }
        }
        apply(lattice, &of.blocks, a, &of.direction, &mut of.image);
        let curvature = dot(&of.direction[0], &of.image[0]) + dot(&of.direction[1], &of.image[1]);
        if curvature <= f32::MIN_POSITIVE {
            return;
        }
        let step = old / curvature;
        let [rx, ry] = &mut of.residual;
        for (sum, line, by) in [
            (&mut of.x, &of.direction[0], step),
            (&mut of.y, &of.direction[1], step),
            (rx, &of.image[0], -step),
            (ry, &of.image[1], -step),
        ] {
            sum.iter_mut().zip(line).for_each(|(sum, value)| *sum += by * value);
        }
    }
}

/// Neighbors of a node of the lattice.
fn degree(lattice: Lattice, at: usize) -> f32 {
    let (row, column) = (at / lattice.columns, at % lattice.columns);
    let inner = |at: usize, count: usize| f32::from(at > 0) + f32::from(at + 1 < count);
    inner(row, lattice.rows) + inner(column, lattice.columns)
}

/// (I + Du)⁻ᵀ along a row of nodes, by rows: it turns the reference's gradient into that of the frame, since
/// R(x) = I(x + u(x)) makes grad R = (I + Du)ᵀ grad I. The identity where the field almost folds.
#[inline(always)]
fn turn(field: &Field, row: usize, out: &mut [Vec<f32>; 4]) {
    let Lattice { columns, rows } = field.lattice;
    let (above, below) = (row.saturating_sub(1), (row + 1).min(rows - 1));
    let apart = (SPACING * (below - above)) as f32;
    let [p, q, r, s] = out.each_mut().map(|line| {
        line.resize(columns, 0.0);
        &mut line[..columns]
    });
    // First the slopes: across in p and r, down in q and s.
    for (values, across, down) in [(&field.dx, &mut *p, &mut *q), (&field.dy, &mut *r, &mut *s)] {
        let here = &values[row * columns..][..columns];
        let (above, below) = (&values[above * columns..][..columns], &values[below * columns..][..columns]);
        for (across, near) in across[1..].iter_mut().zip(here.windows(3)) {
            *across = (near[2] - near[0]) / (2 * SPACING) as f32;
        }
        across[0] = (here[1] - here[0]) / SPACING as f32;
        across[columns - 1] = (here[columns - 1] - here[columns - 2]) / SPACING as f32;
        for k in 0..columns {
            down[k] = (below[k] - above[k]) / apart;
        }
    }
    for k in 0..columns {
        let (a, b, c, d) = (1.0 + p[k], q[k], r[k], 1.0 + s[k]);
        let determinant = a * d - b * c;
        let (a, b, c, d, determinant) =
            if determinant < 0.2 { (1.0, 0.0, 0.0, 1.0, 1.0) } else { (a, b, c, d, determinant) };
        (p[k], q[k], r[k], s[k]) = (d / determinant, -c / determinant, -b / determinant, a / determinant);
    }
}

fn invert_blocks(lattice: Lattice, blocks: &[Vec<f32>; 3], a: f32, inverse: &mut [Vec<f32>; 3]) {
    let [ixx, ixy, iyy] = inverse;
    let [bxx, bxy, byy] = blocks;
    for k in 0..lattice.nodes() {
        let own = a * degree(lattice, k) + f32::MIN_POSITIVE;
        let (xx, xy, yy) = (bxx[k] + own, bxy[k], byy[k] + own);
        let determinant = (xx * yy - xy * xy).max(f32::MIN_POSITIVE);
        (ixx[k], ixy[k], iyy[k]) = (yy / determinant, -xy / determinant, xx / determinant);
    }
}

/// z = M⁻¹ r; returns r·z.
#[inline(always)]
fn precondition(inverse: &[Vec<f32>; 3], rx: &[f32], ry: &[f32], z: &mut [Vec<f32>; 2]) -> f32 {
    let [ixx, ixy, iyy] = inverse;
    let nodes = rx.len();
    let [zx, zy] = z;
    let (zx, zy, ry) = (&mut zx[..nodes], &mut zy[..nodes], &ry[..nodes]);
    let (ixx, ixy, iyy) = (&ixx[..nodes], &ixy[..nodes], &iyy[..nodes]);
    for k in 0..nodes {
        zx[k] = ixx[k] * rx[k] + ixy[k] * ry[k];
        zy[k] = ixy[k] * rx[k] + iyy[k] * ry[k];
    }
    dot(rx, zx) + dot(ry, zy)
}

/// q = (J + a L) p.
#[inline(always)]
fn apply(lattice: Lattice, blocks: &[Vec<f32>; 3], a: f32, p: &[Vec<f32>; 2], q: &mut [Vec<f32>; 2]) {
    let [px, py] = p;
    let [qx, qy] = q;
    let [xx, xy, yy] = blocks;
    laplacian(px, lattice, qx);
    laplacian(py, lattice, qy);
    let nodes = px.len();
    let (qx, qy, py) = (&mut qx[..nodes], &mut qy[..nodes], &py[..nodes]);
    let (xx, xy, yy) = (&xx[..nodes], &xy[..nodes], &yy[..nodes]);
    for k in 0..nodes {
        qx[k] = a * qx[k] + xx[k] * px[k] + xy[k] * py[k];
        qy[k] = a * qy[k] + xy[k] * px[k] + yy[k] * py[k];
    }
}

/// Sum over the neighbors of (own - neighbor).
#[inline(always)]
fn laplacian(values: &[f32], lattice: Lattice, out: &mut [f32]) {
    let Lattice { columns, rows } = lattice;
    for row in 0..rows {
        let here = &values[row * columns..(row + 1) * columns];
        let out = &mut out[row * columns..(row + 1) * columns];
        out.fill(0.0);
        for other in [row.checked_sub(1), Some(row + 1).filter(|&next| next < rows)].into_iter().flatten() {
            let other = &values[other * columns..(other + 1) * columns];
            for k in 0..columns {
                out[k] += here[k] - other[k];
            }
        }
        for k in 1..columns {
            out[k] += here[k] - here[k - 1];
        }
        for k in 0..columns - 1 {
            out[k] += here[k] - here[k + 1];
        }
    }
}

/// In a fixed order: sixteen sums side by side.
#[inline(always)]
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 16];
    let (a16, b16) = (a.chunks_exact(16), b.chunks_exact(16));
    let rest: f32 = a16.remainder().iter().zip(b16.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a16.zip(b16) {
        for lane in 0..16 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f32>() + rest
}
