//! The machine-readable report of a place. As for restorations, within one schema fields are only added.

use std::path::Path;

use serde::Serialize;

use super::ReportError;
use manifold::graph::UNIT;
use seethru::inspect::{Center, Chart, InspectSettings, LeakingEdge, Place};
use seethru::video::Warning;

/// Name and version of the report's shape.
pub(crate) const INSPECT_SCHEMA: &str = "seethru.inspect/2";

/// What is known of an inspection besides its settings and its result.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InspectRun<'a> {
    /// The input as it was named by the caller.
    pub(crate) input: &'a str,
    /// A command line that repeats the run.
    pub(crate) command: &'a str,
    /// Where the figure was written.
    pub(crate) figure: &'a Path,
    /// Where the page was written, if there is one.
    pub(crate) page: Option<&'a Path>,
    /// Wall time of the analysis.
    pub(crate) seconds: f64,
    /// Highest resident memory in bytes, if the system reports it.
    pub(crate) peak_memory: Option<u64>,
}

/// Frames are identified by their numbers in the video; lengths and distances are in gray levels.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct InspectReport<'a> {
    pub(crate) schema: &'static str,
    pub(crate) version: &'static str,
    pub(crate) command: &'a str,
    pub(crate) input: PlaceInput<'a>,
    pub(crate) output: PlaceOutput,
    pub(crate) settings: &'a InspectSettings,
    pub(crate) seconds: f64,
    pub(crate) peak_memory: Option<u64>,
    /// The frame behind each patch, in the order of `branches` and of the coordinates.
    pub(crate) frames: &'a [u32],
    /// Name of each patch's center.
    pub(crate) branches: Vec<&'a str>,
    /// F, the global center, first.
    pub(crate) centers: Vec<CenterReport<'a>>,
    pub(crate) graph: GraphReport,
    pub(crate) isomap: ChartReport<'a>,
    pub(crate) flow: ChartReport<'a>,
    /// The worst first.
    pub(crate) leaks: Vec<LeakReport>,
    pub(crate) warnings: &'a [Warning],
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct PlaceInput<'a> {
    pub(crate) file: &'a str,
    pub(crate) codec: &'a str,
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) frames_announced: Option<usize>,
    /// In the range that was asked for.
    pub(crate) frames_read: usize,
    /// On the charts.
    pub(crate) frames_used: usize,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct PlaceOutput {
    pub(crate) figure: String,
    pub(crate) report: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct CenterReport<'a> {
    pub(crate) name: &'a str,
    pub(crate) frame: u32,
    /// Patches of its branch.
    pub(crate) patches: usize,
    /// The patch of its branch that is farthest from F.
    pub(crate) far_name: &'a str,
    pub(crate) far_frame: u32,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct GraphReport {
    /// Components before they were joined or dropped.
    pub(crate) components: usize,
    /// The two frames of each edge.
    pub(crate) edges: Vec<(u32, u32)>,
    pub(crate) lengths: Vec<f64>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ChartReport<'a> {
    /// 1 - r² of the distances and those on the chart.
    pub(crate) residual_variance: f64,
    pub(crate) coordinates: Vec<[f64; 2]>,
    /// Distance of each patch from F along the graph.
    pub(crate) distance_from_f: &'a [f64],
    pub(crate) paths: Vec<PathReport<'a>>,
}

/// A path from the far patch of a branch through its center to F.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PathReport<'a> {
    /// O, A, B, …: the far patch.
    pub(crate) name: &'a str,
    /// The branch's center.
    pub(crate) center: &'a str,
    pub(crate) frames: Vec<u32>,
    /// Sum of its edges.
    pub(crate) length: f64,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct LeakReport {
    pub(crate) frames: (u32, u32),
    pub(crate) length: f64,
    /// What the last of the units pays that go from end to end without the edge.
    pub(crate) flow_distance: f64,
    /// That over the typical length of the edges at its ends (its own, if that is longer).
    pub(crate) ratio: f64,
}

impl<'a> InspectReport<'a> {
    pub(crate) fn new(
        run: InspectRun<'a>,
        settings: &'a InspectSettings,
        place: &'a Place,
    ) -> InspectReport<'a> {
        let frame = |node: u32| place.frames[node as usize];
        let ends = |edge: usize| place.graph.ends(edge);
        let edges = 0..place.graph.edges();
        InspectReport {
            schema: INSPECT_SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            command: run.command,
            input: PlaceInput {
                file: run.input,
                codec: &place.video.codec,
                width: place.video.width,
                height: place.video.height,
                frames_announced: place.video.announced_frames,
                frames_read: place.frames_read,
                frames_used: place.frames.len(),
            },
            output: PlaceOutput {
                figure: run.figure.display().to_string(),
                report: run.page.map(|page| page.display().to_string()),
            },
            settings,
            seconds: run.seconds,
            peak_memory: run.peak_memory,
            frames: &place.frames,
            branches: place.branch.iter().map(|&at| &place.centers[at as usize].name[..]).collect(),
            centers: centers(place),
            graph: GraphReport {
                components: place.components,
                edges: edges.clone().map(ends).map(|(u, v)| (frame(u as u32), frame(v as u32))).collect(),
                lengths: edges.map(|edge| place.graph.length(edge) as f64 / UNIT).collect(),
            },
            isomap: chart(place, &place.isomap),
            flow: chart(place, &place.flow),
            leaks: leaks(place),
            warnings: &place.warnings,
        }
    }

    /// The report as JSON, without a final line break. Not indented: most of it are long lists of numbers.
    pub(crate) fn to_json(&self) -> Result<String, ReportError> {
        Ok(serde_json::to_string(self)?)
    }
}

fn centers<'a>(place: &'a Place) -> Vec<CenterReport<'a>> {
    let report = |center: &'a Center| CenterReport {
        name: &center.name,
        frame: place.frames[center.node as usize],
        patches: center.members,
        far_name: &center.far_name,
        far_frame: place.frames[center.far as usize],
    };
    place.centers.iter().map(report).collect()
}

fn chart<'a>(place: &'a Place, chart: &'a Chart) -> ChartReport<'a> {
    let length = |step: &[u32]| {
        let edge = place.graph.edge_between(step[0] as usize, step[1] as usize);
        edge.map_or(0, |edge| place.graph.length(edge))
    };
    let path = |center: &'a Center| {
        let nodes = place.path(chart, center.far);
        PathReport {
            name: &center.far_name,
            center: &center.name,
            length: nodes.windows(2).map(length).sum::<i64>() as f64 / UNIT,
            frames: nodes.into_iter().map(|node| place.frames[node as usize]).collect(),
        }
    };
    ChartReport {
        residual_variance: chart.residual_variance,
        coordinates: chart
            .embedding
            .coordinates()
            .chunks_exact(2)
            .map(|point| [point[0], point[1]])
            .collect(),
        distance_from_f: &chart.from_f,
        paths: place.centers.iter().map(path).collect(),
    }
}

fn leaks(place: &Place) -> Vec<LeakReport> {
    let report = |leak: &LeakingEdge| LeakReport {
        frames: (place.frames[leak.nodes.0 as usize], place.frames[leak.nodes.1 as usize]),
        length: leak.length,
        flow_distance: leak.distance,
        ratio: leak.ratio,
    };
    place.leaks.iter().map(report).collect()
}
