//! One place of a clip up close: the manifold of its patches, its centers, and the paths to them.
//!
//! The N frames' patches of a place are the nodes of the neighborhood graph that the restoration by center
//! patches builds there. From them come
//!
//! - the **centers**: F, the global center (least cost of the one-to-all flow, as
//!   [`CenterSearch`] finds it for a restoration), and FA, FB, FC …: further n-medoids, chosen greedily so that the
//!   flow distances of all patches to the nearest center have the least sum. Each patch belongs to the **branch**
//!   of the center that is nearest by flow (of several, the first);
//! - the **far patches** O (of F's own branch), A, B, C …: in each branch the patch with the largest flow
//!   distance from F;
//! - two **charts** of the plane, by Isomap (geodesics) and by convex flow (pairwise flow distances), by classical
//!   scaling each. The second is rotated, without a change of size, to fit the first as well as possible;
//! - on each chart the **ways** from any patch to the center of its branch and on to F: for Isomap the shortest
//!   path; for convex flow the main stream of the one-to-all flow, from each node to where most of
//!   its load comes from. The streams of an optimal flow contain no cycle, because every unit costs something;
//! - the **leaks**: edges whose ends are many typical steps apart without them ([`flow::leakage`](manifold::flow::leakage)).
//!
//! The figure with an embedding, transition paths and centers F, FA, FB, FC is figure 7 of Efros, Isler, Shi and
//! Visontai, Seeing through water, NIPS 2004. That paper does not say how its centers, far patches and paths were
//! chosen: these definitions are ours.

mod budget;
mod charts;
mod error;
mod patches;
mod ways;

use std::num::NonZeroUsize;

use crate::places::Grid;
use crate::threads;
use crate::video::{Frame, FrameRange, Input, VideoInfo, Warning, WarningKind};
use manifold::distance::SquaredDistances;
use manifold::flow::CenterSearch;
use manifold::flow::leakage::{LeakSettings, leaks};
use manifold::flow::pairwise::PairwiseSettings;
use manifold::flow::{EdgeCost, Marginal, Solver};
use manifold::graph::{Disconnected, Graph, Neighbors, UNIT, neighborhood};
use manifold::progress::Progress;

pub use charts::Chart;
use charts::Charts;
pub use error::InspectError;
use patches::Patches;
pub use ways::Ways;

/// Most centers that have a name: F, and FA to FH.
pub const MOST_CENTERS: usize = 9;

/// What is inspected, and how.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct InspectSettings {
    /// Top left corner of the place in pixels.
    pub at: (usize, usize),
    /// Side of its patches in pixels.
    pub patch: usize,
    /// Frames to use.
    pub frames: FrameRange,
    /// Most frames; more are thinned evenly.
    pub limit: NonZeroUsize,
    /// 1 ..= [`MOST_CENTERS`].
    pub centers: NonZeroUsize,
    /// Which patches are joined by an edge.
    pub neighbors: Neighbors,
    /// What is done if the graph falls into parts.
    pub disconnected: Disconnected,
    /// Of the one-to-all flow, which finds the centers and the ways to them.
    pub cost: EdgeCost,
    /// Of the pairwise flow, whose distances are embedded.
    pub pairwise: PairwiseSettings,
    /// Remove each patch's own mean brightness before distances are measured.
    pub level: bool,
    /// What counts as a false edge.
    pub leaks: LeakSettings,
    /// Threads to compute on; `None` for those of the caller's rayon pool. The result does not depend on it.
    pub threads: Option<NonZeroUsize>,
    /// Bytes of memory to stay under.
    pub memory: u64,
    /// Bytes of these that are left for what the caller makes of the place.
    #[serde(skip)]
    pub reserve: u64,
}

impl InspectSettings {
    /// All frames (thinned to a thousand), patches of 16 pixels, four centers, eight neighbors, 4 GiB.
    #[must_use]
    pub fn new(at: (usize, usize)) -> InspectSettings {
        InspectSettings {
            at,
            patch: 16,
            frames: FrameRange::default(),
            limit: NonZeroUsize::MIN.saturating_add(999),
            centers: NonZeroUsize::MIN.saturating_add(3),
            neighbors: Neighbors::Nearest(NonZeroUsize::MIN.saturating_add(7)),
            disconnected: Disconnected::default(),
            cost: EdgeCost::default(),
            pairwise: PairwiseSettings::default(),
            level: false,
            leaks: LeakSettings::default(),
            threads: None,
            memory: 4 << 30,
            reserve: 0,
        }
    }
}

/// A place and what was found there. Distances are in gray levels.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Place {
    /// The clip.
    pub video: VideoInfo,
    /// Frames in the range, before they were thinned or left out.
    pub frames_read: usize,
    /// Number in the video of the frame behind each node.
    pub frames: Vec<u32>,
    /// Luma of each node's patch, 8 bits.
    pub patches: Vec<Frame>,
    /// Neighborhood graph of the patches.
    pub graph: Graph,
    /// Components of the graph before they were joined or dropped.
    pub components: usize,
    /// Distance of each patch to that of F.
    pub direct: Vec<f64>,
    /// F first.
    pub centers: Vec<Center>,
    /// For each node the number of its center.
    pub branch: Vec<u32>,
    /// The patches placed by geodesic distances.
    pub isomap: Chart,
    /// The patches placed by flow distances.
    pub flow: Chart,
    /// What counts as a false edge.
    pub leaks: Vec<LeakingEdge>,
    /// What the user should know.
    pub warnings: Vec<Warning>,
}

/// A center and the farthest patch of its branch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Center {
    /// F, FA, FB, …
    pub name: String,
    /// Node of the center.
    pub node: u32,
    /// O, A, B, …
    pub far_name: String,
    /// Node farthest from it within its branch.
    pub far: u32,
    /// Patches of its branch, itself included.
    pub members: usize,
}

/// A false edge.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct LeakingEdge {
    /// Its ends.
    pub nodes: (u32, u32),
    /// In gray levels.
    pub length: f64,
    /// What the last unit pays to get from end to end without it.
    pub distance: f64,
    /// The detour over the typical step near its ends.
    pub ratio: f64,
}

/// Inspects one place of a clip.
///
/// # Errors
/// [`InspectError`] says what is wrong with the input or the settings; `Canceled` if `progress` asked to stop.
pub fn inspect(
    input: &Input,
    settings: &InspectSettings,
    progress: &dyn Progress,
) -> Result<Place, InspectError> {
    threads::on(settings.threads, || {
        let patches = Patches::read(input, settings, progress)?;
        let distances = distances(&patches, settings)?;
        Place::new(patches, &distances, settings, progress)
    })?
}

fn distances(patches: &Patches, settings: &InspectSettings) -> Result<SquaredDistances, InspectError> {
    let side = settings.patch;
    let grid = Grid::new(side, side, side, side)?;
    let mut found = SquaredDistances::default();
    grid.distances(&patches.stack, 0..1, settings.level)?.strip(0..1, 0..1, |_, _, distances| {
        found = distances.clone();
        Ok::<_, InspectError>(())
    })?;
    if found.values().iter().all(|&squared| squared == 0) {
        return Err(InspectError::Coincide { patches: found.n(), x: settings.at.0, y: settings.at.1 });
    }
    Ok(found)
}

impl Place {
    fn new(
        patches: Patches,
        distances: &SquaredDistances,
        settings: &InspectSettings,
        progress: &dyn Progress,
    ) -> Result<Place, InspectError> {
        let near = neighborhood(distances, settings.neighbors, settings.disconnected)?;
        let (graph, points) = (near.graph, near.points);
        let asked = settings.centers.get();
        if asked > graph.nodes().min(MOST_CENTERS) {
            return Err(InspectError::Centers { centers: asked, most: graph.nodes().min(MOST_CENTERS) });
        }
        let degree = settings.neighbors.even_degree(distances.n());
        let marginal = Marginal::new(&settings.cost, graph.nodes(), degree)?;
        let nodes = CenterSearch::default().medoids(&graph, &marginal, asked)?.nodes;
        let streams = streams(&graph, &marginal, &nodes)?;
        let branch = branches(&streams);
        let centers = centers(&nodes, &branch, &streams[0].1);
        let leaks = leaking(&graph, &settings.leaks)?;
        let charts = Charts { graph: &graph, nodes: &nodes, pairwise: &settings.pairwise };
        let isomap = charts.isomap(progress)?;
        let flow = charts.flow(streams.into_iter().map(|(ways, _)| ways).collect(), &isomap, progress)?;
        let f = points[nodes[0] as usize] as usize;
        let mut warnings = patches.warnings.clone();
        let apart = apart(near.components, points.len(), distances.n(), settings.disconnected);
        warnings.extend(apart.map(|line| Warning::new(WarningKind::Doubt, line)));
        Ok(Place {
            frames: points.iter().map(|&point| patches.numbers[point as usize]).collect(),
            patches: points.iter().map(|&point| patches.picture(point as usize)).collect(),
            direct: points.iter().map(|&point| distances.distance(f, point as usize)).collect(),
            frames_read: patches.read,
            video: patches.info,
            components: near.components,
            graph,
            centers,
            branch,
            isomap,
            flow,
            leaks,
            warnings,
        })
    }

    /// The nodes from `from` to the center of its branch and on to F, over a chart of this place.
    #[must_use]
    pub fn path(&self, chart: &Chart, from: u32) -> Vec<u32> {
        let branch = self.branch[from as usize] as usize;
        let mut path = chart.ways[branch].path(from);
        if branch > 0 {
            path.extend(chart.ways[0].path(self.centers[branch].node).into_iter().skip(1));
        }
        path
    }
}

fn apart(components: usize, kept: usize, all: usize, disconnected: Disconnected) -> Option<String> {
    (components > 1).then(|| match disconnected {
        Disconnected::Largest => {
            format!(
                "the patches fall into {components} groups: {} outside the largest are left out",
                all - kept
            )
        }
        Disconnected::Join | Disconnected::Fail => {
            format!("the patches fall into {components} groups, joined by the shortest links between them")
        }
    })
}

/// Main stream and flow distances of the one-to-all flow from each center.
fn streams(
    graph: &Graph,
    marginal: &Marginal,
    centers: &[u32],
) -> Result<Vec<(Ways, Vec<i64>)>, InspectError> {
    let mut solver = Solver::default();
    let mut network = solver.load(graph, marginal)?;
    let mut stream = |&center: &u32| {
        let mut solved = network.solve(center as usize)?;
        let mut distances = Vec::new();
        solved.distances(&mut distances);
        let ways = Ways::with_the_stream(graph, center as usize, &solved.solution().flow);
        Ok((ways, distances))
    };
    centers.iter().map(&mut stream).collect()
}

/// The nearest center of each node.
fn branches(streams: &[(Ways, Vec<i64>)]) -> Vec<u32> {
    let nodes = streams.first().map_or(0, |(_, distances)| distances.len());
    let nearest = |node: usize| (0..streams.len()).min_by_key(|&center| streams[center].1[node]);
    (0..nodes).map(|node| nearest(node).unwrap_or(0) as u32).collect()
}

fn centers(nodes: &[u32], branch: &[u32], from_f: &[i64]) -> Vec<Center> {
    let center = |(at, &node): (usize, &u32)| {
        let members = || (0..branch.len() as u32).filter(|&v| branch[v as usize] as usize == at);
        // The first of equally far ones.
        let far = members().max_by_key(|&v| (from_f[v as usize], std::cmp::Reverse(v)));
        let letter = (at as u8).checked_sub(1).map(|later| char::from(b'A' + later));
        Center {
            name: letter.map_or("F".to_owned(), |letter| format!("F{letter}")),
            node,
            far_name: letter.unwrap_or('O').to_string(),
            far: far.unwrap_or(node),
            members: members().count(),
        }
    };
    nodes.iter().enumerate().map(center).collect()
}

fn leaking(graph: &Graph, settings: &LeakSettings) -> Result<Vec<LeakingEdge>, InspectError> {
    let edge = |leak: manifold::flow::leakage::Leak| {
        let (u, v) = graph.ends(leak.edge);
        LeakingEdge {
            nodes: (u as u32, v as u32),
            length: graph.length(leak.edge) as f64 / UNIT,
            distance: leak.detour as f64 / UNIT,
            ratio: leak.ratio,
        }
    };
    let mut found: Vec<LeakingEdge> = leaks(graph, settings)?.into_iter().map(edge).collect();
    found.sort_by(|a, b| b.ratio.total_cmp(&a.ratio).then(a.nodes.cmp(&b.nodes)));
    Ok(found)
}

#[cfg(test)]
mod tests;
