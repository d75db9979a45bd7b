//! Dense registration of a reference to one frame.

use super::field::{Field, Lattice};
use super::plane::{Plane, Pyramid};
use super::residual::Normal;
use super::solve::Solve;
use super::template::Template;

/// How hard registration tries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Effort {
    /// Levels of the pyramid that are used, from the finest.
    pub levels: usize,
    /// Most steps at each level.
    pub steps: usize,
}

/// How much the displacements of two neighboring nodes differ, in pixels of the level (standard
/// deviation). Water that can be seen through bends straight lines by a few degrees: a slope of
/// the displacement of 0.2 is 11 degrees, over [`SPACING`](super::SPACING) pixels three quarters of one.
const BEND: f32 = 0.75;
/// Residuals are clipped at this many standard deviations: beyond it they are not noise but
/// glint, or something that crosses.
const CLIP: f32 = 4.0;
/// A step that changes the coefficients by less than this (root mean square, pixels) is the last:
/// a tenth of what registration can resolve.
const STILL: f32 = 0.01;

/// Nodes on either side that are compared, or blended, together.
const REGION: usize = 2;

/// Mean over a square of nodes, of those that there are.
fn blurred(values: &[f32], lattice: Lattice, reach: usize) -> Vec<f32> {
    let Lattice { columns, rows } = lattice;
    let near = |at: usize, count: usize| at.saturating_sub(reach)..(at + reach + 1).min(count);
    let across: Vec<f32> = (0..values.len())
        .map(|at| near(at % columns, columns).map(|x| values[at / columns * columns + x]).sum())
        .collect();
    let sum = |at: usize| near(at / columns, rows).map(|y| across[y * columns + at % columns]).sum::<f32>();
    let count = |at: usize| near(at % columns, columns).len() * near(at / columns, rows).len();
    (0..values.len()).map(|at| sum(at) / count(at) as f32).collect()
}

/// Registers one frame after the other in the same memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Aligner {
    pyramid: Pyramid,
    normal: Normal,
    solve: Solve,
}

impl Aligner {
    /// As [`align`](Self::align) with `again`, but first tries from zero with `fresh`, and takes each
    /// part of the picture from whichever fits better there: small steps do not leave a wrong letter or tile
    /// once they have locked onto it.
    pub(super) fn align_anew(
        &mut self,
        template: &Template,
        frame: &Plane,
        field: &mut Field,
        (fresh, again): (Effort, Effort),
    ) -> f32 {
        self.pyramid.fill(frame, fresh.levels.max(again.levels).min(template.levels()));
        let mut other = Field::zero(field.lattice);
        self.descend(template, &mut other, fresh);
        let level = &template.levels[0];
        let misfit = [&*field, &other].map(|field| {
            self.normal.measure(level, &self.pyramid.levels[0], field, f32::INFINITY);
            blurred(&self.normal.misfit(level), field.lattice, REGION)
        });
        let better = misfit[0].iter().zip(&misfit[1]).map(|(old, new)| if new < old { 1.0 } else { 0.0 });
        // Soft seams keep the field from tearing.
        let share = blurred(&better.collect::<Vec<f32>>(), field.lattice, REGION);
        for (old, new) in [(&mut field.dx, &other.dx), (&mut field.dy, &other.dy)] {
            for ((old, new), share) in old.iter_mut().zip(new).zip(&share) {
                *old += share * (new - *old);
            }
        }
        self.descend(template, field, again)
    }

    /// Moves `field`, a guess or zero, to where reference(x) = frame(x + field(x)); returns the
    /// variance of what remains, where the reference has gradients, in squared gray levels.
    pub(super) fn align(
        &mut self,
        template: &Template,
        frame: &Plane,
        field: &mut Field,
        effort: Effort,
    ) -> f32 {
        self.pyramid.fill(frame, effort.levels.min(template.levels()));
        self.descend(template, field, effort)
    }

    /// The same for the frame that is in the pyramid.
    fn descend(&mut self, template: &Template, field: &mut Field, effort: Effort) -> f32 {
        let levels = effort.levels.min(template.levels());
        let mut coarser: Vec<Field> = Vec::new();
        for level in 1..levels {
            let finer = coarser.last().unwrap_or(field);
            coarser.push(finer.halved(template.levels[level].lattice));
        }
        let mut variance = 0.0;
        for at in (0..levels).rev() {
            let level = &template.levels[at];
            let (finer, here) = coarser.split_at_mut(at.saturating_sub(1));
            let here = if at == 0 { &mut *field } else { &mut here[0] };
            let before = (at > 0).then(|| here.clone());
            let mut clip = f32::INFINITY;
            for _ in 0..effort.steps {
                self.normal.measure(level, &self.pyramid.levels[at], here, clip);
                variance = self.normal.variance;
                clip = CLIP * variance.sqrt();
                self.solve.run(&self.normal, here, variance / (BEND * BEND));
                let mut change = 0.0;
                for (sum, by) in [(&mut here.dx, &self.solve.x), (&mut here.dy, &self.solve.y)] {
                    sum.iter_mut().zip(by).for_each(|(sum, by)| *sum += by);
                    change += by.iter().map(|by| by * by).sum::<f32>();
                }
                if change < STILL * STILL * here.dx.len() as f32 {
                    break;
                }
            }
            if let Some(before) = before {
                let after = here.clone();
                let finer = if at == 1 { &mut *field } else { &mut finer[at - 2] };
                finer.add_finer(&after, &before);
            }
        }
        variance
    }
}
