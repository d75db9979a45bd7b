//! Which motion of the camera a clip supports.
//!
//! A camera moves all of the picture at once, waves and passers-by move it here and there. So the displacements of
//! each frame are averaged in cells, and for each cell a motion fitted to the other cells predicts this one
//! (cross-validation by the sum of squares PRESS: Allen 1974). A camera's motion predicts it; what is fitted to waves
//! does not, and does worse the more parameters it has. Of a homography only the similarity in it is fitted: a hand and a
//! drone turn and zoom, and eight parameters would follow waves of half the picture's length.
//!
//! ```text
//! error(m) = mean over frames t and cells c of |d(c, t) - m(c; fitted to the cells of t but c)|²
//! share(m) = 1 - error(m) / mean of |d(c, t) - mean d|²
//! ```

#[cfg(test)]
mod tests;

use algebra::{Mat, solve_positive};

use super::{Motion, Pose};
use crate::registration::field::Field;

/// Cells across and down: wide enough for some waves to average out within one, and many more than a motion has
/// parameters.
const CELLS: usize = 4;
/// Places of a cell at which its displacement is read, each way.
const PLACES: usize = 4;
/// Cells of a frame that must be in view.
const FEWEST: usize = 8;
/// Parameters of a similarity: a shift, a zoom, a turn.
const MOST: usize = 4;
/// Height to width of the picture, about: what is off of it is a small stretch.
const ASPECT: f64 = 0.75;
/// Added to the diagonal: where all cells in view lie on a line, what they do not say is not there.
const RIDGE: f64 = 1e-6;
/// A camera's motion predicts at least this share. On clips of 160 x 120 pixels it was .82 to .99 of pans, shakes and turns
/// of 5 to 25 pixels over waves of 1.5 and 3 pixels. Of a camera at rest it was .03 at most over such waves, and .64 at most
/// over waves of 6 and 10 pixels, under which a hand's 6 pixels had .56: there nothing is decided.
const EXPLAINED: f64 = 0.7;
/// A turn must leave less than this part of what a shift leaves.
const BETTER: f64 = 0.7;

/// The displacements of all frames, cell by cell, in pixels.
#[derive(Clone, Debug)]
pub(crate) struct Cells {
    /// For each frame; nothing where the cell was out of view.
    frames: Vec<Frame>,
}

/// To the right and down.
type Shift = (f64, f64);
type Frame = [Option<Shift>; CELLS * CELLS];

/// What can be foretold of the displacements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Support {
    /// Mean square of the displacements about their mean.
    pub all: f64,
    /// What shifts leave of it.
    pub after_shift: f64,
    /// What turns and zooms leave of it.
    pub after_turn: f64,
}

impl Cells {
    /// Of frames of this size whose steadied pictures have these fields.
    pub(crate) fn of<'a>(steadied: impl Iterator<Item = (&'a Field, Pose)>, size: (usize, usize)) -> Cells {
        let cells = |(field, pose): (&Field, Pose)| -> Frame {
            std::array::from_fn(|cell| cell_mean(field, &pose, size, (cell % CELLS, cell / CELLS)))
        };
        let enough = |cells: &Frame| cells.iter().flatten().count() >= FEWEST;
        Cells { frames: steadied.map(cells).filter(enough).collect() }
    }

    pub(crate) fn support(&self) -> Support {
        let seen: Vec<Shift> = self.frames.iter().flat_map(|cells| cells.iter().flatten().copied()).collect();
        let middle = mean(&seen);
        let left = |motion| self.frames.iter().map(|cells| left_by(cells, motion)).sum::<f64>();
        let each = 1.0 / seen.len().max(1) as f64;
        Support {
            all: each * seen.iter().map(|&d| squared(d, middle)).sum::<f64>(),
            after_shift: each * left(Motion::Translation),
            after_turn: each * left(Motion::Homography),
        }
    }

    /// Root mean square and largest displacement by this motion, fitted to all cells, about the mean one.
    pub(crate) fn extent(&self, motion: Motion) -> Shift {
        let fitted = |cells: &Frame| -> Vec<Shift> {
            let known: Vec<(usize, Shift)> = known(cells).collect();
            let fitted = fit(&known, motion);
            known.iter().map(|&(cell, _)| foretold(&fitted, cell)).collect()
        };
        let all: Vec<Shift> = self.frames.iter().flat_map(fitted).collect();
        let middle = mean(&all);
        let squares: Vec<f64> = all.iter().map(|&d| squared(d, middle)).collect();
        let mean = squares.iter().sum::<f64>() / squares.len().max(1) as f64;
        (mean.sqrt(), squares.iter().copied().fold(0.0, f64::max).sqrt())
    }
}

impl Support {
    /// The motion that the clip supports.
    pub(crate) fn motion(&self) -> Motion {
        match self.better() {
            _ if self.share() < EXPLAINED => Motion::None,
            better => better,
        }
    }

    /// Of a shift and a homography the one that predicts more: a homography only if it clearly does.
    pub(crate) fn better(&self) -> Motion {
        if self.after_turn < BETTER * self.after_shift { Motion::Homography } else { Motion::Translation }
    }

    /// Share of the displacements that the better one predicts, 0 ..= 1.
    pub(crate) fn share(&self) -> f64 {
        let left = match self.better() {
            Motion::Homography => self.after_turn,
            _ => self.after_shift,
        };
        if self.all > 0.0 { (1.0 - left / self.all).max(0.0) } else { 0.0 }
    }
}

/// How far the places of a cell that are in view are displaced, if it is at least half of them.
fn cell_mean(
    field: &Field,
    pose: &Pose,
    (width, height): (usize, usize),
    (column, row): (usize, usize),
) -> Option<Shift> {
    let place = |cell: usize, at: usize, length: usize| {
        (cell as f64 + (at as f64 + 0.5) / PLACES as f64) / CELLS as f64 * length as f64
    };
    let mut seen = Vec::with_capacity(PLACES * PLACES);
    for at in 0..PLACES * PLACES {
        let (x, y) = (place(column, at % PLACES, width), place(row, at / PLACES, height));
        let (dx, dy) = field.at(x as f32, y as f32);
        let (to_x, to_y) = pose.apply(x + f64::from(dx), y + f64::from(dy));
        // Half a pixel more belongs to the picture; so does what moves out of it by a wave.
        if (0.0..width as f64).contains(&to_x) && (0.0..height as f64).contains(&to_y) {
            seen.push((to_x - x, to_y - y));
        }
    }
    (2 * seen.len() >= PLACES * PLACES).then(|| mean(&seen))
}

/// Sum of the squares of what is not foretold of a frame's cells.
fn left_by(cells: &Frame, motion: Motion) -> f64 {
    let errors = known(cells).map(|(left_out, actual)| {
        let others: Vec<(usize, Shift)> = known(cells).filter(|&(cell, _)| cell != left_out).collect();
        squared(actual, foretold(&fit(&others, motion), left_out))
    });
    errors.sum()
}

/// The cells of a frame that are in view.
fn known(cells: &Frame) -> impl Iterator<Item = (usize, Shift)> {
    cells.iter().enumerate().filter_map(|(at, cell)| Some((at, (*cell)?)))
}

/// The parameters of the motion that fits these cells best.
fn fit(cells: &[(usize, Shift)], motion: Motion) -> Vec<f64> {
    let count = if motion == Motion::Homography { MOST } else { 2 };
    let mut normal = [[0.0; MOST]; MOST];
    let mut right = [0.0; MOST];
    for &(cell, shift) in cells {
        for (row, value) in rows(cell).iter().zip([shift.0, shift.1]) {
            for i in 0..count {
                right[i] += row[i] * value;
                (0..count).for_each(|j| normal[i][j] += row[i] * row[j]);
            }
        }
    }
    let system = Mat::from_fn(count, count, |i, j| normal[i][j] + if i == j { RIDGE } else { 0.0 });
    solve_positive(&system, &right[..count]).unwrap_or_else(|_| vec![0.0; count])
}

fn foretold(fitted: &[f64], cell: usize) -> Shift {
    let [x, y] = rows(cell).map(|row| row.iter().zip(fitted).map(|(a, b)| a * b).sum());
    (x, y)
}

/// What each parameter of a small similarity moves at a cell, to the right and down: shift, zoom, turn.
fn rows(cell: usize) -> [[f64; MOST]; 2] {
    let place = |at: usize| (2 * at + 1) as f64 / CELLS as f64 - 1.0;
    let (u, v) = (place(cell % CELLS), ASPECT * place(cell / CELLS));
    [[1.0, 0.0, u, -v], [0.0, 1.0, v, u]]
}

fn mean(of: &[Shift]) -> Shift {
    let sum = of.iter().fold((0.0, 0.0), |sum, d| (sum.0 + d.0, sum.1 + d.1));
    let count = of.len().max(1) as f64;
    (sum.0 / count, sum.1 / count)
}

fn squared(a: Shift, b: Shift) -> f64 {
    (a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)
}
