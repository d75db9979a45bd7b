//! The reference as registration needs it, at every level.

use super::field::{Lattice, SPACING};
use super::plane::{Plane, Pyramid, levels_of};

/// One level of a reference, its pixels sorted by their place in the cells of the lattice: row y, then
/// the pixels x with x mod 4 = 0, 1, 2, 3. Neighbors in memory then have the same spline weights.
#[derive(Clone, Debug, Default)]
pub(super) struct Level {
    pub height: usize,
    pub lattice: Lattice,
    /// Beyond the right border the border's value.
    pub value: Vec<f32>,
}

impl Level {
    /// Cells in a row.
    pub(super) fn cells(&self) -> usize {
        self.lattice.columns - 3
    }

    pub(super) fn of(plane: &Plane) -> Level {
        let lattice = Lattice::over(plane.width, plane.height);
        let cells = lattice.columns - 3;
        let mut value = Vec::with_capacity(cells * SPACING * plane.height);
        for y in 0..plane.height {
            let row = plane.row(y);
            for phase in 0..SPACING {
                value.extend((0..cells).map(|cell| row[(cell * SPACING + phase).min(plane.width - 1)]));
            }
        }
        Level { height: plane.height, lattice, value }
    }
}

/// A reference that frames are registered with.
#[derive(Clone, Debug)]
pub(super) struct Template {
    pub(super) levels: Vec<Level>,
}

impl Template {
    /// All levels of the reference.
    pub(super) fn new(reference: &Plane) -> Template {
        let count = levels_of(reference.width, reference.height);
        let mut pyramid = Pyramid::default();
        pyramid.fill(reference, count);
        Template { levels: pyramid.levels.iter().map(Level::of).collect() }
    }

    /// The lattice of the fields that registration returns.
    #[must_use]
    pub(super) fn lattice(&self) -> Lattice {
        self.levels[0].lattice
    }

    /// Number of levels.
    #[must_use]
    pub(super) fn levels(&self) -> usize {
        self.levels.len()
    }
}
