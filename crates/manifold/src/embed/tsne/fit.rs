//! From points, distances or neighbors to a model.

use std::num::NonZeroUsize;
use std::sync::Arc;

use super::affinity::Affinities;
use super::cuda::GpuDescent;
use super::descent::{Descend, Descent, Pace, Repulsion, Setting};
use super::spline::Spline;
use super::tail::{Cauchy, Gauss, Student, Tail};
use super::tree::THETA;
use super::tsne_model::Parts;
use super::{EmbedError, Gradient, LearningRate, Start, Tsne, TsneModel, start};
use crate::device::{Gpu, GpuError, Work};
use crate::embed::Fit;
use crate::embed::SquareDistances;
use crate::embed::quality::Affinity;
use crate::knn::{Knn, NeighborLists};
use crate::points::Points;
use crate::progress::{Progress, Stage};

/// Up to here pair by pair is faster than by a spline, and than by a tree.
const FEW_IN_PLANE: usize = 600;
const FEW: usize = 3000;

/// Up to this many points [`Gradient::Interpolated`] is pair by pair: a spline would be slower, and ends worse on so few. On
/// normally distributed points KL was 2.26 for .34 (n = 31), .35 for .32 (60), .50 for .48 (100).
pub const FEWEST_ON_GRID: usize = 100;

/// On a GPU all pairs of this many take as long as the launches for a grid: 6.4e7 pairs of about ten operations
/// at 1e13 a second, a third of what a large card is made for, and seven launches of 1e-5 s. An estimate.
const FEW_IN_PLANE_ON_GPU: usize = 8000;

/// Up to here all pairs on a GPU are faster than a tree on some cores: n pairs of ten operations at 1e13 a
/// second to each point, and [`TREE`] operations at 1e11. An estimate.
const MANY_PAIRS: usize = 60_000;

/// What a step takes the CPU, in multiplications with an addition: of a pair; of a point by a tree (some 300 cells) and by
/// a spline (twice 36 nodes, and transforms of about ten nodes for each point); of an entry of P, which is
/// mostly waiting for memory.
const PAIR: f64 = 10.0;
const TREE: f64 = 5000.0;
const SPLINE: f64 = 1500.0;
const NEIGHBOR: f64 = 20.0;

/// Up to here Z of the final divergence is summed pair by pair (0.2 s on two cores).
const EXACT_NORMALIZER: usize = 20_000;

impl Tsne {
    /// P of the points, as the descent uses it: both (i, j) and (j, i), ascending. With
    /// [`kl_divergence`](crate::embed::quality::kl_divergence) it measures any embedding of them. The perplexity
    /// is not lowered here: a measure is what was asked for, or an error.
    pub fn affinities(&self, points: &Points, progress: &dyn Progress) -> Result<Vec<Affinity>, EmbedError> {
        self.check(points.n())?;
        if !self.has_neighbors_enough(points.n()) {
            return Err(EmbedError::Setting {
                setting: "perplexity",
                value: self.perplexity,
                range: "from 1 to below a third of the number of points",
            });
        }
        let neighbors = self.knn(points.n());
        let p = Affinities::of(&neighbors.fit(points, progress)?, self.perplexity);
        let of = |i: usize| {
            let (columns, values) = p.row(i);
            columns.iter().zip(values).map(move |(&j, &p)| Affinity { i: i as u32, j, p: p.into() })
        };
        Ok((0..p.n()).flat_map(of).collect())
    }

    /// The perplexity for `n` points: what is set, or (n - 1) / 3 where that is not below a third of them.
    #[must_use]
    pub fn perplexity_for(&self, n: usize) -> f64 {
        if self.has_neighbors_enough(n) { self.perplexity } else { n.saturating_sub(1) as f64 / 3.0 }
    }

    fn has_neighbors_enough(&self, n: usize) -> bool {
        3.0 * self.perplexity < n as f64
    }

    /// The gradient for `n` points: what is set, but pair by pair instead of interpolated where the points are few.
    #[must_use]
    pub fn gradient_for(&self, n: usize) -> Gradient {
        match self.gradient {
            Gradient::Interpolated if n <= FEWEST_ON_GRID => Gradient::Exact,
            other => other,
        }
    }

    /// These settings as they are used for `n` points.
    fn suited(&self, n: usize) -> Result<Tsne, EmbedError> {
        self.check(n)?;
        Ok(Tsne { perplexity: self.perplexity_for(n), gradient: self.gradient_for(n), ..self.clone() })
    }

    fn check(&self, n: usize) -> Result<(), EmbedError> {
        if self.dimensions == 0 || self.dimensions > 3 {
            return Err(EmbedError::Dimensions { dimensions: self.dimensions, most: 3 });
        }
        if n < 4 {
            return Err(EmbedError::TooFew { n, needed: 4 });
        }
        let theta = match self.gradient {
            Gradient::BarnesHut { theta } => theta,
            _ => THETA,
        };
        let rate = match self.learning_rate {
            LearningRate::Fixed(rate) => rate,
            LearningRate::Auto => 1.0,
        };
        // Written so that NaN is refused as well.
        let settings = [
            (
                "perplexity",
                self.perplexity,
                self.perplexity >= 1.0 && self.perplexity.is_finite(),
                "at least 1",
            ),
            ("degrees of freedom", self.degrees_of_freedom, self.degrees_of_freedom > 0.0, "above 0"),
            ("theta", theta, (0.0..=1.0).contains(&theta), "from 0 to 1"),
            (
                "exaggeration",
                self.exaggeration,
                self.exaggeration >= 1.0 && self.exaggeration.is_finite(),
                "at least 1",
            ),
            ("learning rate", rate, rate > 0.0 && rate.is_finite(), "above 0"),
            (
                "early momentum",
                self.early_momentum,
                (0.0..1.0).contains(&self.early_momentum),
                "from 0 to below 1",
            ),
            ("momentum", self.momentum, (0.0..1.0).contains(&self.momentum), "from 0 to below 1"),
            ("steps per report", self.report_every as f64, self.report_every > 0, "at least 1"),
        ];
        if let Some(&(setting, value, _, range)) = settings.iter().find(|setting| !setting.2) {
            return Err(EmbedError::Setting { setting, value, range });
        }
        if self.gradient == Gradient::Interpolated && self.dimensions != 2 {
            return Err(EmbedError::Setting {
                setting: "dimensions of an interpolated gradient",
                value: self.dimensions as f64,
                range: "2",
            });
        }
        Ok(())
    }

    /// The search for the neighbors of each of n points.
    fn knn(&self, n: usize) -> Knn {
        Knn::new(self.neighbors(n)).search(self.search).seed(self.seed).device(self.device.clone())
    }

    /// Three times the perplexity, which is below the number of points.
    fn neighbors(&self, n: usize) -> NonZeroUsize {
        let wanted = ((3.0 * self.perplexity) as usize).min(n - 1);
        NonZeroUsize::MIN.saturating_add(wanted - 1)
    }

    fn begin(&self, start: &Start, n: usize) -> Result<Vec<f64>, EmbedError> {
        match start {
            Start::Pca | Start::Random => Ok(start::random(n, self.dimensions, self.seed)),
            Start::Given(given) if given.dimensions() != self.dimensions => {
                Err(EmbedError::Dimensions { dimensions: given.dimensions(), most: self.dimensions })
            }
            Start::Given(given) if given.n() != n => {
                Err(EmbedError::Shape { n, values: given.coordinates().len() })
            }
            Start::Given(given) => Ok(given.coordinates().to_vec()),
        }
    }

    fn run(
        &self,
        neighbors: &NeighborLists,
        start: Vec<f64>,
        points: Option<&Points>,
        progress: &dyn Progress,
    ) -> Result<TsneModel, EmbedError> {
        let p = Affinities::of(neighbors, self.perplexity);
        let parts = match self.degrees_of_freedom {
            1.0 => self.with_tail(&p, Cauchy, &start, progress),
            f64::INFINITY => self.with_tail(&p, Gauss, &start, progress),
            nu => self.with_tail(&p, Student(nu), &start, progress),
        }?;
        TsneModel::new(self.dimensions, self.perplexity, self.degrees_of_freedom, parts, points.cloned())
    }

    fn with_tail<T: Tail>(
        &self,
        p: &Affinities,
        tail: T,
        start: &[f64],
        progress: &dyn Progress,
    ) -> Result<Parts, EmbedError> {
        let setting = Setting { tail, nu: self.degrees_of_freedom };
        if let Some(mut descent) = self.on_gpu(p, setting, start)? {
            return self.descend(&mut descent, p.n(), progress);
        }
        match self.dimensions {
            1 => self.on_cpu::<_, 1>(p, setting, start, progress),
            2 => self.on_cpu::<_, 2>(p, setting, start, progress),
            _ => self.on_cpu::<_, 3>(p, setting, start, progress),
        }
    }

    fn on_cpu<T: Tail, const D: usize>(
        &self,
        p: &Affinities,
        setting: Setting<T>,
        start: &[f64],
        progress: &dyn Progress,
    ) -> Result<Parts, EmbedError> {
        let y = start.as_chunks::<D>().0.to_vec();
        self.descend(&mut Descent::new(p, setting, self.repulsion(p.n()), y), p.n(), progress)
    }

    /// The descent on the GPU, if it is to run there.
    fn on_gpu<T: Tail>(
        &self,
        p: &Affinities,
        setting: Setting<T>,
        start: &[f64],
    ) -> Result<Option<GpuDescent<T>>, GpuError> {
        let Some(gpu) = self.gpu(p)? else { return Ok(None) };
        let descent = GpuDescent::new(gpu, p, setting, start, self.dimensions, self.by_grid_on_gpu(p.n()));
        self.device.or_cpu(Stage::TSNE, "hold the points and their affinities", descent)
    }

    /// The GPU, if it can do the work and the work is worth it.
    fn gpu(&self, p: &Affinities) -> Result<Option<Arc<Gpu>>, GpuError> {
        let n = p.n();
        let tree = "use the Barnes-Hut tree";
        if matches!(self.gradient, Gradient::BarnesHut { .. }) {
            return self.device.unsupported(Stage::TSNE, tree).map(|()| None);
        }
        // A GPU requested by name is used in any case.
        let many = self.gradient == Gradient::Auto && self.dimensions != 2 && n > MANY_PAIRS;
        if many && self.device.unsupported(Stage::TSNE, tree).is_ok() {
            return Ok(None);
        }
        let repulsion = match self.repulsion(n) {
            Repulsion::Exact => n as f64 * PAIR,
            Repulsion::Tree { .. } => TREE,
            Repulsion::Spline(_) => SPLINE,
        };
        let step = n as f64 * repulsion + p.values.len() as f64 * NEIGHBOR;
        let work = Work {
            operations: step * (self.early_steps + self.steps) as f64,
            bytes: (8 * p.values.len() + 24 * self.dimensions * n) as f64,
        };
        Ok(self.device.for_work(Stage::TSNE, work, rayon::current_num_threads()))
    }

    /// Whether repulsion is interpolated on the GPU.
    fn by_grid_on_gpu(&self, n: usize) -> bool {
        match self.gradient {
            Gradient::Auto => self.dimensions == 2 && n > FEW_IN_PLANE_ON_GPU,
            other => other == Gradient::Interpolated,
        }
    }

    fn repulsion(&self, n: usize) -> Repulsion {
        match self.gradient {
            Gradient::Exact => Repulsion::Exact,
            Gradient::BarnesHut { theta } => Repulsion::Tree { theta },
            Gradient::Interpolated => Repulsion::Spline(Box::new(Spline::new())),
            Gradient::Auto if self.dimensions == 2 && n > FEW_IN_PLANE => {
                Repulsion::Spline(Box::new(Spline::new()))
            }
            Gradient::Auto if n > FEW => Repulsion::Tree { theta: THETA },
            Gradient::Auto => Repulsion::Exact,
        }
    }

    fn pace(&self, step: usize, n: usize) -> Pace {
        let early = step < self.early_steps;
        let exaggeration = if early { self.exaggeration } else { 1.0 };
        let rate = match self.learning_rate {
            LearningRate::Auto => n as f64 / exaggeration,
            LearningRate::Fixed(rate) => rate,
        };
        Pace { exaggeration, momentum: if early { self.early_momentum } else { self.momentum }, rate }
    }

    fn descend(
        &self,
        descent: &mut impl Descend,
        n: usize,
        progress: &dyn Progress,
    ) -> Result<Parts, EmbedError> {
        let total = self.early_steps + self.steps;
        let mut history = Vec::new();
        let mut done = 0;
        while done < total {
            if progress.advance(Stage::OPTIMIZE, done, Some(total)).is_break() {
                if self.keep_when_stopped {
                    break;
                }
                return Err(EmbedError::Canceled);
            }
            if done == self.early_steps {
                descent.rest()?;
            }
            let count = self.report_every.min(total - done).min(self.until_turn(done));
            descent.steps(count, self.pace(done, n))?;
            done += count;
            if done.is_multiple_of(self.report_every) || done == total {
                let kl = descent.divergence(false)?;
                history.push((done, kl));
                progress.objective(Stage::OPTIMIZE, kl);
            }
        }
        let kl = descent.divergence(n <= EXACT_NORMALIZER)?;
        Ok(Parts { coordinates: descent.coordinates()?, kl, history, steps: done })
    }

    /// Steps until the exaggeration ends.
    fn until_turn(&self, done: usize) -> usize {
        if done < self.early_steps { self.early_steps - done } else { usize::MAX }
    }
}

impl Fit<Points> for Tsne {
    type Model = TsneModel;

    fn fit(&self, points: &Points, progress: &dyn Progress) -> Result<TsneModel, EmbedError> {
        let suited = self.suited(points.n())?;
        let neighbors = suited.knn(points.n()).fit(points, progress)?;
        let start = match &self.start {
            Start::Pca => start::components(points, self.dimensions, self.seed)?,
            other => self.begin(other, points.n())?,
        };
        suited.run(&neighbors, start, Some(points), progress)
    }
}

impl Fit<SquareDistances> for Tsne {
    type Model = TsneModel;

    /// From distances between all pairs.
    fn fit(&self, distances: &SquareDistances, progress: &dyn Progress) -> Result<TsneModel, EmbedError> {
        let suited = self.suited(distances.n())?;
        let neighbors = nearest(distances, suited.neighbors(distances.n()).get());
        let start = self.begin(&self.start, distances.n())?;
        suited.run(&neighbors, start, None, progress)
    }
}

impl Fit<NeighborLists> for Tsne {
    type Model = TsneModel;

    /// From the nearest neighbors of each point: at least as many as the perplexity, ideally three times
    /// as many.
    fn fit(&self, neighbors: &NeighborLists, progress: &dyn Progress) -> Result<TsneModel, EmbedError> {
        let suited = self.suited(neighbors.n())?;
        // Lists of queries among other points are none of these points.
        if let Some(&far) = neighbors.all_indices().iter().find(|&&j| j as usize >= neighbors.n()) {
            return Err(EmbedError::Count { given: far as usize + 1, wanted: neighbors.n() });
        }
        if suited.perplexity > neighbors.k() as f64 {
            return Err(EmbedError::Setting {
                setting: "perplexity",
                value: suited.perplexity,
                range: "at most the number of neighbors given",
            });
        }
        let start = self.begin(&self.start, neighbors.n())?;
        suited.run(neighbors, start, None, progress)
    }
}

fn nearest(distances: &SquareDistances, k: usize) -> NeighborLists {
    let n = distances.n();
    let (mut indices, mut lengths) = (Vec::with_capacity(n * k), Vec::with_capacity(n * k));
    for i in 0..n {
        let mut row: Vec<(f64, u32)> =
            (0..n).filter(|&j| j != i).map(|j| (distances.get(i, j), j as u32)).collect();
        let order = |a: &(f64, u32), b: &(f64, u32)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        row.select_nth_unstable_by(k - 1, order);
        row.truncate(k);
        row.sort_unstable_by(order);
        indices.extend(row.iter().map(|entry| entry.1));
        lengths.extend(row.iter().map(|entry| entry.0 as f32));
    }
    NeighborLists::new(k, indices, lengths)
}
