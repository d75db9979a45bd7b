//! Gradient descent with momentum and gains.
//!
//! ∇_i KL = 2(ν+1)/ν a_i + (2/Z)∇φ_i, Z = Σ φ_i − n. Each coordinate has a gain, which grows by
//! 0.2 where gradient and velocity agree on the way down and shrinks by a fifth where they do not
//! (Jacobs, Neural Networks 1, 1988; van der Maaten and Hinton, JMLR 9, 2008).

use rayon::prelude::*;

use super::affinity::Affinities;
use super::attraction::{attract, cost};
use super::exact;
use super::spline::Spline;
use super::tail::Tail;
use super::tree::Tree;
use crate::device::GpuError;

/// No point moves farther in a step, and no gain falls below.
const LONGEST: f64 = 5.0;
const LEAST_GAIN: f32 = 0.01;

/// Points of a task.
const CHUNK: usize = 1024;

/// How repulsion is computed.
pub(super) enum Repulsion {
    Exact,
    Tree {
        theta: f64,
    },
    /// In the plane.
    Spline(Box<Spline>),
}

/// The kernel of Q.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting<T: Tail> {
    pub tail: T,
    /// ν.
    pub nu: f64,
}

impl<T: Tail> Setting<T> {
    /// In units of the embedding: that of Student's kernels shrinks with the root of ν.
    pub(crate) fn width(&self) -> f64 {
        self.nu.min(1.0).sqrt()
    }
}

/// A descent, on whatever device.
pub(super) trait Descend {
    /// Forgets velocities and gains: the objective is about to change.
    fn rest(&mut self) -> Result<(), GpuError>;

    fn steps(&mut self, count: usize, pace: Pace) -> Result<(), GpuError>;

    /// KL(P‖Q), with the Z of all pairs or as repulsion is computed.
    fn divergence(&mut self, exactly: bool) -> Result<f64, GpuError>;

    /// Of the points, one after the other.
    fn coordinates(&mut self) -> Result<Vec<f64>, GpuError>;
}

/// The points on their way, on the CPU.
pub(super) struct Descent<'a, T: Tail, const D: usize> {
    p: &'a Affinities,
    tail: T,
    width: f64,
    /// Σ P ln P.
    negative_entropy: f64,
    repulsion: Repulsion,
    y: Vec<[f64; D]>,
    velocity: Vec<[f32; D]>,
    gain: Vec<[f32; D]>,
    rounded: Vec<[f32; D]>,
    attracted: Vec<[f32; D]>,
    repelled: Vec<[f32; D]>,
}

/// Settings of a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub exaggeration: f64,
    pub momentum: f64,
    pub rate: f64,
}

impl<'a, T: Tail, const D: usize> Descent<'a, T, D> {
    pub(crate) fn new(
        p: &'a Affinities,
        setting: Setting<T>,
        repulsion: Repulsion,
        y: Vec<[f64; D]>,
    ) -> Self {
        let n = y.len();
        Descent {
            p,
            tail: setting.tail,
            width: setting.width(),
            negative_entropy: p.negative_entropy(),
            repulsion,
            y,
            velocity: vec![[0.0; D]; n],
            gain: vec![[1.0; D]; n],
            rounded: vec![[0.0; D]; n],
            attracted: vec![[0.0; D]; n],
            repelled: vec![[0.0; D]; n],
        }
    }

    fn step(&mut self, pace: Pace) {
        let z = self.forces();
        let attracted = (2.0 * pace.exaggeration) as f32 * self.tail.factor();
        let repulsion = (2.0 / z) as f32;
        let (momentum, rate) = (pace.momentum as f32, pace.rate as f32);
        let forces = self.attracted.par_chunks(CHUNK).zip(self.repelled.par_chunks(CHUNK));
        let state = self.velocity.par_chunks_mut(CHUNK).zip(self.gain.par_chunks_mut(CHUNK));
        let sums =
            self.y.par_chunks_mut(CHUNK).zip(state).zip(forces).map(|((y, (velocity, gain)), forces)| {
                let mut sum = [0.0f64; D];
                for i in 0..y.len() {
                    let mut length2 = 0.0;
                    for axis in 0..D {
                        let gradient = attracted * forces.0[i][axis] + repulsion * forces.1[i][axis];
                        let (velocity, gain) = (&mut velocity[i][axis], &mut gain[i][axis]);
                        let onwards = (gradient > 0.0) != (*velocity > 0.0);
                        *gain = if onwards { *gain + 0.2 } else { (*gain * 0.8).max(LEAST_GAIN) };
                        *velocity = momentum * *velocity - rate * *gain * gradient;
                        length2 += f64::from(*velocity).powi(2);
                    }
                    let shrink =
                        if length2 > LONGEST * LONGEST { (LONGEST / length2.sqrt()) as f32 } else { 1.0 };
                    for axis in 0..D {
                        velocity[i][axis] *= shrink;
                        y[i][axis] += f64::from(velocity[i][axis]);
                        sum[axis] += y[i][axis];
                    }
                }
                sum
            });
        let sums: Vec<[f64; D]> = sums.collect();
        let n = self.y.len() as f64;
        let mean: [f64; D] = std::array::from_fn(|axis| sums.iter().map(|sum| sum[axis]).sum::<f64>() / n);
        for point in &mut self.y {
            (0..D).for_each(|axis| point[axis] -= mean[axis]);
        }
    }

    /// Σ_{i≠j} w, and both forces.
    fn forces(&mut self) -> f64 {
        for (rounded, y) in self.rounded.iter_mut().zip(&self.y) {
            *rounded = y.map(|y| y as f32);
        }
        attract(self.p, &self.rounded, self.tail, &mut self.attracted);
        let potential: f64 = match &mut self.repulsion {
            Repulsion::Exact => {
                exact::repel(&self.rounded, &self.rounded, self.tail, &mut self.repelled).iter().sum()
            }
            Repulsion::Tree { theta } => {
                let tree = Tree::new(&self.rounded);
                tree.repel(&self.rounded, *theta, self.tail, &mut self.repelled).iter().sum()
            }
            Repulsion::Spline(spline) => {
                let y = self.rounded.as_flattened().as_chunks::<2>().0;
                spline.fill(y, self.width, 0.0, self.tail);
                let potential = spline.read(y, self.repelled.as_flattened_mut().as_chunks_mut::<2>().0);
                potential.iter().map(|&potential| f64::from(potential)).sum()
            }
        };
        // Interpolated weights of points far from all others may sum to a little less than nothing.
        (potential - self.y.len() as f64).max(1e-6 * self.y.len() as f64)
    }

    /// Σ_{i≠j} w, pair by pair or in the way that repulsion is computed.
    fn normalizer(&mut self, exactly: bool) -> f64 {
        if !exactly {
            return self.forces();
        }
        let repulsion = std::mem::replace(&mut self.repulsion, Repulsion::Exact);
        let z = self.forces();
        self.repulsion = repulsion;
        z
    }
}

impl<T: Tail, const D: usize> Descend for Descent<'_, T, D> {
    fn rest(&mut self) -> Result<(), GpuError> {
        self.velocity.fill([0.0; D]);
        self.gain.fill([1.0; D]);
        Ok(())
    }

    fn steps(&mut self, count: usize, pace: Pace) -> Result<(), GpuError> {
        (0..count).for_each(|_| self.step(pace));
        Ok(())
    }

    fn divergence(&mut self, exactly: bool) -> Result<f64, GpuError> {
        let z = self.normalizer(exactly);
        Ok(self.negative_entropy + cost(self.p, &self.y, self.tail) + z.ln())
    }

    fn coordinates(&mut self) -> Result<Vec<f64>, GpuError> {
        Ok(self.y.as_flattened().to_vec())
    }
}
