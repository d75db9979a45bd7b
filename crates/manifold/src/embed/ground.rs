//! The points a neighborhood graph was made of, for finding the neighbors of new ones.

use std::num::NonZeroUsize;

use rayon::prelude::*;

use super::EmbedError;
use crate::checked::checked;
use crate::graph::Neighbors;
use crate::knn::Knn;
use crate::points::Points;
use crate::progress::Progress;

checked! {
    /// Points and the rule by which they are neighbors.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Ground {
        points: Points,
        neighbors: Neighbors,
    }
}

impl Ground {
    fn is_whole(&self) -> bool {
        match self.neighbors {
            Neighbors::Within(radius) => radius.is_finite() && radius > 0.0,
            Neighbors::Nearest(_) | Neighbors::Mutual(_) => true,
        }
    }

    /// Of the points that were kept.
    pub(crate) fn new(points: &Points, kept: &[u32], neighbors: Neighbors) -> Result<Ground, EmbedError> {
        if kept.len() == points.n() {
            return Ok(Ground { points: points.clone(), neighbors });
        }
        let rows = kept.iter().flat_map(|&i| points.row(i as usize).iter().copied());
        Ok(Ground { points: Points::new(rows.collect(), points.dimensions())?, neighbors })
    }

    pub(crate) fn points(&self) -> &Points {
        &self.points
    }

    /// For each new point, its neighbors among the old ones with their distances; the nearest one if a
    /// radius reaches none.
    pub(crate) fn neighbors_of(
        &self,
        points: &Points,
        progress: &dyn Progress,
    ) -> Result<Vec<Vec<(u32, f32)>>, EmbedError> {
        let (given, wanted) = (points.dimensions(), self.points.dimensions());
        if given != wanted {
            return Err(EmbedError::NewPoints { given, wanted });
        }
        match self.neighbors {
            Neighbors::Nearest(k) | Neighbors::Mutual(k) => {
                let k = k.min(NonZeroUsize::new(self.points.n()).unwrap_or(k));
                let lists = Knn::new(k).query(&self.points, points, progress)?;
                let list =
                    |i: usize| lists.indices(i).iter().copied().zip(lists.distances(i).iter().copied());
                Ok((0..points.n()).map(|i| list(i).collect()).collect())
            }
            Neighbors::Within(radius) => {
                Ok((0..points.n()).into_par_iter().map(|i| self.within(points.row(i), radius)).collect())
            }
        }
    }

    fn within(&self, point: &[f32], radius: f32) -> Vec<(u32, f32)> {
        let distance = |j: usize| {
            let pairs = point.iter().zip(self.points.row(j));
            pairs.map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum::<f64>().sqrt()
        };
        let all: Vec<f64> = (0..self.points.n()).map(distance).collect();
        let nearest = all.iter().copied().fold(f64::INFINITY, f64::min);
        let bound = f64::from(radius).max(nearest);
        let within = all.iter().enumerate().filter(|&(_, &distance)| distance <= bound);
        within.map(|(j, &distance)| (j as u32, distance as f32)).collect()
    }
}
