//! Where registration starts, and in which order it reaches the frames from there.
//!
//! Two frames far apart cannot be registered in one jump: letters lock onto their neighbors. But
//! the frames lie on a manifold, where each has some neighbor from which it differs little. The
//! first reference is the center of that manifold by convex flow, a frame as recorded and so without
//! seams; and every frame is reached from it along the path whose largest step is smallest. These paths
//! are those of the minimum spanning tree (Hu 1961, "The maximum capacity route problem"): mostly
//! forwards and backwards in time, with short cuts where the water comes back to a shape it had, and
//! around frames that show something else.

use std::num::NonZeroUsize;

use rayon::prelude::*;

use manifold::distance::SquaredDistances;
use manifold::flow::CenterSearch;
use manifold::flow::{EdgeCost, FlowError, Marginal};
use manifold::graph::{Disconnected, GraphError, Neighbors, neighborhood};

use super::plane::{Plane, Pyramid, halvings};

/// Frames are compared at no more than this width and height: waves are many pixels long, and N² comparisons
/// of few pixels cost nothing compared to registration.
const THUMBNAIL: usize = 128;
/// Neighbors of a frame in the graph: its two in time and some from other periods.
const NEIGHBORS: usize = 8;
/// Distances are those of a 16 x 16 patch with the frame's mean squared difference, so that
/// edge lengths have the range they have for patches.
const PIXELS: f32 = 256.0;

/// Why there are no paths.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// The frames do not make a neighborhood graph.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// The convex flow failed.
    #[error(transparent)]
    Flow(#[from] FlowError),
}

/// A tree over all frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Paths {
    /// The frame in the middle.
    pub center: usize,
    /// Frames reached directly from each.
    pub next: Vec<Vec<usize>>,
}

impl Paths {
    /// The tree for frames at these distances from each other.
    pub(super) fn new(distances: &SquaredDistances) -> Result<Paths, PathError> {
        let center = center(distances)?;
        let n = distances.n();
        let mut next = vec![Vec::new(); n];
        // Prim's algorithm on the full graph; ties by number.
        let mut nearest: Vec<(u64, usize)> = (0..n).map(|at| (distances.get(center, at), center)).collect();
        let mut outside: Vec<usize> = (0..n).filter(|&at| at != center).collect();
        while let Some(place) =
            (0..outside.len()).min_by_key(|&place| (nearest[outside[place]].0, outside[place]))
        {
            let joined = outside.remove(place);
            next[nearest[joined].1].push(joined);
            for &at in &outside {
                nearest[at] = nearest[at].min((distances.get(joined, at), joined));
            }
        }
        Ok(Paths { center, next })
    }
}

/// The center of the frames' neighborhood graph by convex flow.
fn center(distances: &SquaredDistances) -> Result<usize, PathError> {
    let n = distances.n();
    let Some(k) = NonZeroUsize::new(NEIGHBORS.min(n.saturating_sub(1))) else { return Ok(0) };
    let near = neighborhood(distances, Neighbors::Nearest(k), Disconnected::Join)?;
    let marginal = Marginal::new(&EdgeCost::default(), n, k.get())?;
    let found = CenterSearch::default().most_central(&near.graph, &marginal, 1)?;
    Ok(near.points[found.nodes[0] as usize] as usize)
}

/// Distances between frames as they are compared: small, and without lighting.
#[must_use]
pub(super) fn distances(thumbnails: &[Plane]) -> SquaredDistances {
    let rows: Vec<Vec<u64>> = thumbnails
        .par_iter()
        .map(|a| thumbnails.iter().map(|b| squared(a, b).round() as u64).collect())
        .collect();
    SquaredDistances::from_fn(thumbnails.len(), |i, j| rows[i.min(j)][i.max(j)])
}

/// The squared distance of two of them.
pub(super) fn squared(a: &Plane, b: &Plane) -> f32 {
    let mut sums = [0.0f32; 16];
    for (a, b) in a.values.chunks(16).zip(b.values.chunks(16)) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += (a - b) * (a - b);
        }
    }
    sums.iter().sum::<f32>() * PIXELS / a.values.len().max(1) as f32
}

/// A frame as frames are compared.
pub(super) fn thumbnail(frame: &Plane, pyramid: &mut Pyramid) -> Plane {
    let level = halvings((frame.width, frame.height), THUMBNAIL);
    pyramid.fill(frame, level + 1);
    pyramid.level(level).clone()
}
