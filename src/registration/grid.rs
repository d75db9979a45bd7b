//! The nodes of a lattice that lie within the picture: at every [`SPACING`]th pixel, from the first on.

use super::field::{Field, Lattice, SPACING};

/// Nodes within the picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    lattice: Lattice,
    pub(super) columns: usize,
    pub(super) rows: usize,
}

impl Grid {
    #[must_use]
    pub(super) fn within(lattice: Lattice) -> Grid {
        // One node lies before the picture and two after it.
        Grid { lattice, columns: lattice.columns - 3, rows: lattice.rows - 3 }
    }

    /// The spline's values at these nodes.
    #[must_use]
    pub(super) fn values(&self, coefficients: &[f32]) -> Vec<f32> {
        let wide = self.lattice.columns;
        let across = |at: usize| coefficients[at - 1] + 4.0 * coefficients[at] + coefficients[at + 1];
        let value = |node: usize| {
            let at = (node / self.columns + 1) * wide + node % self.columns + 1;
            (across(at - wide) + 4.0 * across(at) + across(at + wide)) / 36.0
        };
        (0..self.columns * self.rows).map(value).collect()
    }

    /// The field with these values at the nodes, beyond them as at the nearest.
    #[must_use]
    pub(super) fn field(&self, dx: &[f32], dy: &[f32]) -> Field {
        let nearest = |at: f32, count: usize| ((at / SPACING as f32) as usize).min(count - 1);
        Field::through(self.lattice, |x, y| {
            let at = nearest(y, self.rows) * self.columns + nearest(x, self.columns);
            (dx[at], dy[at])
        })
    }
}
