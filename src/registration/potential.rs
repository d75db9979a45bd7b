//! The potential of a displacement field: phi with grad phi nearest to u, in the least-squares sense.
//!
//! The surface of water bends light along its gradient, so what waves displace is a gradient but for errors of
//! registration and second-order terms (97% to 99.8% of what was measured on real clips). The normal equations are a
//! Poisson equation whose boundary condition is u's own (Neumann), diagonal in the cosine transform (Simchony, Chellappa,
//! Shao, "Direct analytical methods for solving Poisson equations in computer vision problems", IEEE PAMI 12(5), 1990).

use std::f64::consts::PI;

use super::cosine::CosineTransform;
use super::field::SPACING;

/// Solves for the potentials of fields on one grid of nodes, [`SPACING`] pixels apart.
pub(super) struct Poisson {
    columns: usize,
    rows: usize,
    transform: CosineTransform,
    /// Eigenvalues of the second difference along a row, and along a column.
    across: Vec<f32>,
    down: Vec<f32>,
}

impl Poisson {
    /// For grids of this size.
    #[must_use]
    pub(super) fn new(columns: usize, rows: usize) -> Poisson {
        let eigenvalues = |count: usize| -> Vec<f32> {
            (0..count).map(|k| (2.0 * (PI * k as f64 / count as f64).cos() - 2.0) as f32).collect()
        };
        let transform = CosineTransform::new(columns, rows);
        Poisson { columns, rows, transform, across: eigenvalues(columns), down: eigenvalues(rows) }
    }

    /// phi at the nodes, in squared pixels, with mean zero, from the displacements at the nodes, in pixels; all
    /// rows x columns.
    #[must_use]
    pub(super) fn solve(&self, dx: &[f32], dy: &[f32]) -> Vec<f32> {
        let mut spectrum = self.transform.forward(self.divergence(dx, dy));
        for (column, across) in spectrum.chunks_exact_mut(self.rows).zip(&self.across) {
            for (value, down) in column.iter_mut().zip(&self.down) {
                let eigenvalue = across + down;
                // The constant is free.
                *value = if eigenvalue < 0.0 { *value / eigenvalue } else { 0.0 };
            }
        }
        self.transform.backward(spectrum)
    }

    /// What flows out of each node along the edges of the grid, u on an edge being the mean of its ends, and a node
    /// [`SPACING`] pixels wide.
    fn divergence(&self, dx: &[f32], dy: &[f32]) -> Vec<f32> {
        let columns = self.columns;
        let mut divergence = vec![0.0; columns * self.rows];
        let half = 0.5 * SPACING as f32;
        for at in 0..divergence.len() {
            if at % columns + 1 < columns {
                let edge = half * (dx[at] + dx[at + 1]);
                divergence[at] += edge;
                divergence[at + 1] -= edge;
            }
            if at / columns + 1 < self.rows {
                let edge = half * (dy[at] + dy[at + columns]);
                divergence[at] += edge;
                divergence[at + columns] -= edge;
            }
        }
        divergence
    }
}
