//! The machine-readable report of a place. As for restorations, within one schema fields are only added.

use std::path::Path;

use serde::Serialize;

use super::ReportError;
use manifold::graph::UNIT;
use seethru::inspect::{Center, Chart, InspectSettings, LeakingEdge, Place};

/// Name and version of the report's shape.
pub const INSPECT_SCHEMA: &str = "seethru.inspect/1";

/// What is known of an inspection beside its settings and its result.
#[derive(Clone, Copy, Debug)]
pub struct InspectRun<'a> {
    /// The input as it was named by the caller.
    pub input: &'a str,
    /// A command line that repeats the run.
    pub command: &'a str,
    /// Where the figure was written.
    pub figure: &'a Path,
    /// Where the page was written, if there is one.
    pub page: Option<&'a Path>,
    /// Wall time of the analysis.
    pub seconds: f64,
    /// Highest resident memory in bytes, if the system told.
    pub peak_memory: Option<u64>,
}

/// Frames are told by their numbers in the video; lengths and distances are in gray levels.
#[derive(Clone, Debug, Serialize)]
pub struct InspectReport<'a> {
    pub schema: &'static str,
    pub version: &'static str,
    pub command: &'a str,
    pub input: PlaceInput<'a>,
    pub output: PlaceOutput,
    pub settings: &'a InspectSettings,
    pub seconds: f64,
    pub peak_memory: Option<u64>,
    /// The frame behind each patch, in the order of `branches` and of the coordinates.
    pub frames: &'a [u32],
    /// Name of each patch's center.
    pub branches: Vec<&'a str>,
    /// F, the global center, first.
    pub centers: Vec<CenterReport<'a>>,
    pub graph: GraphReport,
    pub isomap: ChartReport<'a>,
    pub flow: ChartReport<'a>,
    /// The worst first.
    pub leaks: Vec<LeakReport>,
    pub warnings: &'a [String],
}

#[derive(Clone, Debug, Serialize)]
pub struct PlaceInput<'a> {
    pub file: &'a str,
    pub codec: &'a str,
    pub width: usize,
    pub height: usize,
    pub frames_announced: Option<usize>,
    /// In the range that was asked for.
    pub frames_read: usize,
    /// On the charts.
    pub frames_used: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct PlaceOutput {
    pub figure: String,
    pub report: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct CenterReport<'a> {
    pub name: &'a str,
    pub frame: u32,
    /// Patches of its branch.
    pub patches: usize,
    /// The patch of its branch that is farthest from F.
    pub far_name: &'a str,
    pub far_frame: u32,
}

#[derive(Clone, Debug, Serialize)]
pub struct GraphReport {
    /// Components before they were joined or dropped.
    pub components: usize,
    /// The two frames of each edge.
    pub edges: Vec<(u32, u32)>,
    pub lengths: Vec<f64>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ChartReport<'a> {
    /// 1 - r² of the distances and those on the chart.
    pub residual_variance: f64,
    pub coordinates: Vec<[f64; 2]>,
    /// Distance of each patch from F along the graph.
    pub distance_from_f: &'a [f64],
    pub paths: Vec<PathReport<'a>>,
}

/// A path from the far patch of a branch through its center to F.
#[derive(Clone, Debug, Serialize)]
pub struct PathReport<'a> {
    /// O, A, B, …: the far patch.
    pub name: &'a str,
    /// The branch's center.
    pub center: &'a str,
    pub frames: Vec<u32>,
    /// Sum of its edges.
    pub length: f64,
}

#[derive(Clone, Debug, Serialize)]
pub struct LeakReport {
    pub frames: (u32, u32),
    pub length: f64,
    /// What the last of the units pays that go from end to end without the edge.
    pub flow_distance: f64,
    /// That over the typical length of the edges at its ends (its own, if that is longer).
    pub ratio: f64,
}

impl<'a> InspectReport<'a> {
    pub fn new(run: InspectRun<'a>, settings: &'a InspectSettings, place: &'a Place) -> InspectReport<'a> {
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
    pub fn to_json(&self) -> Result<String, ReportError> {
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
