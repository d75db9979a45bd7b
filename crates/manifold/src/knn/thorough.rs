//! Nearest-neighbor descent with more and more effort until enough is found, measured on a sample; else exactly.
//!
//! The sample are points chosen at random, and of the points that no other names as many again: a neighbor of theirs is
//! found only from their own side. A share holds if it is above what is wanted by two standard deviations of its
//! mean, so that the share of all points is.

use std::ops::ControlFlow;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::descent::{Descent, Effort};
use super::exact::Base;
use super::{KnnError, NeighborLists, hits};
use crate::points::Points;
use crate::progress::{By, Counter, Progress, Searched, Stage};

/// Points of either sample: of 15 neighbors each, a share of .99 is known to about .002.
const SAMPLE: usize = 1000;

/// Of these the neighbors along few directions are counted first.
const FIRST: usize = 200;

/// More effort leaves about this part of what less lost (noise of 100 dimensions: from .31 to .03). Where that will not do, it
/// is not tried.
const LEFT: f64 = 0.1;

/// Points that no other names are searched exactly by themselves, if they are at most this share of all.
const FEW: f64 = 0.125;

/// What is searched for.
pub(super) struct Wanted<'a> {
    pub(super) points: &'a Points,
    pub(super) k: usize,
    pub(super) seed: u64,
    /// The share of neighbors to be found.
    pub(super) least: f64,
    /// Whether the search is exact where descent does not find as many.
    pub(super) or_exact: bool,
}

/// Some points, and their true neighbors.
struct Sample {
    rows: Vec<u32>,
    /// Of so many.
    of: usize,
    truth: NeighborLists,
}

impl Wanted<'_> {
    pub(super) fn fit(&self, counter: &Counter) -> Result<(NeighborLists, Searched), KnnError> {
        let base = Base::new(self.points, self.k);
        let every: Vec<u32> = (0..self.points.n()).map(|row| row as u32).collect();
        match self.descend(&base, &every, counter)? {
            Some((found, said)) if said.reached || !self.or_exact => {
                counter.finish()?;
                Ok((found, said))
            }
            _ => Ok((base.others(&every, self.k, counter)?, Searched::exactly(By::Exact, self.least))),
        }
    }

    /// The best of all efforts, or the first that finds enough.
    fn descend(
        &self,
        base: &Base,
        every: &[u32],
        counter: &Counter,
    ) -> Result<Option<(NeighborLists, Searched)>, KnnError> {
        let unseen = Unseen(counter);
        let quiet = Counter::new(&unseen, Stage::NEIGHBORS, self.points.n());
        quiet.add(0)?;
        if self.or_exact && self.least >= 1.0 {
            return Ok(None);
        }
        let sample = self.sample(base, every, &quiet)?;
        let first = &sample.rows[..FIRST.min(sample.rows.len())];
        let mut best: Option<(NeighborLists, Searched)> = None;
        for (at, effort) in Effort::ALL.iter().enumerate() {
            let last = at + 1 == Effort::ALL.len();
            let Some(descent) = Descent::new(self.points, self.k, effort) else { break };
            // Half of what may be lost is left to the descent.
            if !last && descent.most(first, &sample.truth) < (1.0 + self.least) / 2.0 {
                continue;
            }
            let found = descent.fit(self.k, self.seed, &quiet)?;
            let (found, said) = self.measured(base, found, &sample, last, &quiet)?;
            let (reached, lost) = (said.reached, 1.0 - said.recall);
            if reached || best.as_ref().is_none_or(|(_, best)| said.recall > best.recall) {
                best = Some((found, said));
            }
            if reached || self.or_exact && lost * LEFT > 1.0 - self.least {
                break;
            }
        }
        Ok(best)
    }

    /// What the lists hold; points that no other names are mended where that is all that is missing.
    fn measured(
        &self,
        base: &Base,
        found: NeighborLists,
        sample: &Sample,
        last: bool,
        counter: &Counter,
    ) -> Result<(NeighborLists, Searched), KnnError> {
        let all = self.share(&found, sample);
        let unnamed = unnamed(&found);
        let of_unnamed = match unnamed.is_empty() {
            true => None,
            false => Some(self.share(&found, &self.sample(base, &unnamed, counter)?)),
        };
        let named = of_unnamed.as_ref().is_none_or(|share| share.holds(self.least));
        let said = |unnamed_recall, reached| Searched {
            by: By::Approximate,
            recall: all.mean,
            unnamed_recall,
            wanted: self.least,
            reached,
        };
        let holds = all.holds(self.least);
        let few = last || unnamed.len() as f64 <= FEW * found.n() as f64;
        if holds && few && !named {
            let mended = base.others(&unnamed, self.k, counter)?;
            return Ok((found.with(&unnamed, &mended), said(Some(1.0), true)));
        }
        Ok((found, said(of_unnamed.map(|share| share.mean), holds && named)))
    }

    fn sample(&self, base: &Base, rows: &[u32], counter: &Counter) -> Result<Sample, KnnError> {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        let mut chosen = rows.to_vec();
        let count = SAMPLE.min(rows.len());
        (0..count).for_each(|at| chosen.swap(at, random.random_range(at..rows.len())));
        chosen.truncate(count);
        let truth = base.others(&chosen, self.k, counter)?;
        Ok(Sample { rows: chosen, of: rows.len(), truth })
    }

    /// The share of true neighbors that a sample finds.
    fn share(&self, found: &NeighborLists, sample: &Sample) -> Share {
        let held = |(at, &row): (usize, &u32)| {
            let found = (found.indices(row as usize), found.distances(row as usize));
            hits(found, (sample.truth.indices(at), sample.truth.distances(at))) as f64 / self.k as f64
        };
        let shares: Vec<f64> = sample.rows.iter().enumerate().map(held).collect();
        Share::of(&shares, sample.of)
    }
}

/// A mean, and its standard deviation as that of all.
struct Share {
    mean: f64,
    error: f64,
}

impl Share {
    /// Of some of `all`, chosen at random.
    fn of(some: &[f64], all: usize) -> Share {
        let n = some.len() as f64;
        let mean = some.iter().sum::<f64>() / n;
        let square = some.iter().map(|share| (share - mean).powi(2)).sum::<f64>() / n;
        Share { mean, error: (square / n * (1.0 - n / all as f64)).sqrt() }
    }

    fn holds(&self, least: f64) -> bool {
        self.mean - 2.0 * self.error >= least
    }
}

/// Points that no list names.
fn unnamed(found: &NeighborLists) -> Vec<u32> {
    let mut named = vec![false; found.n()];
    found.all_indices().iter().for_each(|&j| named[j as usize] = true);
    (0..found.n()).filter(|&row| !named[row]).map(|row| row as u32).collect()
}

/// Stops as the counter does, and counts nothing: how much of the work is to come is not known.
struct Unseen<'a>(&'a Counter<'a>);

impl Progress for Unseen<'_> {
    fn advance(&self, _: Stage, _: usize, _: Option<usize>) -> ControlFlow<()> {
        if self.0.add(0).is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}
