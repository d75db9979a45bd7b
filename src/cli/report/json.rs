//! The machine-readable report. Its fields are a promise to scripts: within one [`SCHEMA`]
//! fields are only added, never renamed or removed.

use std::path::Path;

use serde::Serialize;

use super::ReportError;
use super::statistics::{Spread, Tally};
use manifold::device::Note;
use manifold::progress::Stage;
use seethru::places::Places;
use seethru::registration::{
    Agreement, Blur, Registration, Round, SURE, SecondOrder, Start, SurfaceSummary, length,
};
use seethru::video::{Channels, Depth, Samples, Warning};
use seethru::{Restoration, Settings};

/// Name and version of the report's shape.
pub(crate) const SCHEMA: &str = "seethru.restore/2";

/// Bins of the cost histogram: enough to see a second mode, few enough for a narrow screen.
const COST_BINS: usize = 32;

/// All that is no stage.
const OTHER: Stage = Stage::new("opening and writing files");

/// What is known of a run besides its settings and its result.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run<'a> {
    /// The input as it was named by the caller.
    pub(crate) input: &'a str,
    /// A command line that repeats the run.
    pub(crate) command: &'a str,
    /// Where the picture was written.
    pub(crate) still: &'a Path,
    /// Where the page was written, if there is one.
    pub(crate) page: Option<&'a Path>,
    /// Where the stabilized clip was written, if it was.
    pub(crate) video: Option<&'a Path>,
    /// Where the waves were written, if they were.
    pub(crate) displacements: Option<&'a Path>,
    /// The surface of the water, if it was written.
    pub(crate) surface: Option<SurfaceRun<'a>>,
    /// Where the map of confidence was written, if it was.
    pub(crate) confidence: Option<&'a Path>,
    /// Highest resident memory in bytes, if the system reports it.
    pub(crate) peak_memory: Option<u64>,
    /// That the run has taken, from its start.
    pub(crate) seconds: f64,
}

/// The surface of the water.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SurfaceRun<'a> {
    /// Where its heights were written.
    pub(crate) arrays: &'a Path,
    /// Where the moving map was written, if it was.
    pub(crate) video: Option<&'a Path>,
    pub(crate) summary: &'a SurfaceSummary,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report<'a> {
    pub(crate) schema: &'static str,
    pub(crate) version: &'static str,
    pub(crate) command: &'a str,
    pub(crate) input: InputReport<'a>,
    pub(crate) output: OutputReport,
    pub(crate) settings: &'a Settings,
    pub(crate) memory: MemoryReport,
    /// Empty where they are left out: see [`Report::reproducible`].
    pub(crate) timings: Vec<StageTime>,
    /// Of the whole run, as the summary tells it; `None` where times are left out.
    pub(crate) total_seconds: Option<f64>,
    /// `None` for the pixel-wise baselines, which have no places.
    pub(crate) places: Option<PlacesReport>,
    /// `None` for methods that do not register frames.
    pub(crate) registration: Option<RegistrationReport<'a>>,
    /// What ran where, and why; empty where it is left out.
    pub(crate) devices: Vec<Note>,
    pub(crate) warnings: &'a [Warning],
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct InputReport<'a> {
    pub(crate) file: &'a str,
    pub(crate) codec: &'a str,
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Share of the pixels that `--mask` leaves out; `null` without it.
    pub(crate) left_out: Option<f64>,
    pub(crate) channels: Channels,
    pub(crate) depth: Depth,
    pub(crate) frames_announced: Option<usize>,
    pub(crate) frames_used: usize,
    pub(crate) frame_rate: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct OutputReport {
    pub(crate) still: String,
    pub(crate) report: Option<String>,
    pub(crate) video: Option<String>,
    pub(crate) displacements: Option<String>,
    pub(crate) surface: Option<String>,
    pub(crate) surface_video: Option<String>,
    pub(crate) confidence: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct RegistrationReport<'a> {
    /// What the first reference was.
    pub(crate) start: Start,
    /// How well the halves of the clip agree; `None` where only one start was tried.
    pub(crate) agreement: Option<&'a Agreement>,
    /// How well they agree from the start that was chosen.
    pub(crate) reliability: Option<f64>,
    /// What was undone of the blur; `None` where nothing was.
    pub(crate) blur: Option<&'a Blur>,
    pub(crate) rounds: &'a [Round],
    pub(crate) converged: bool,
    /// The second-order bias of the mean displacement; `None` where it was not looked for, or could not be.
    pub(crate) second_order: Option<&'a SecondOrder>,
    /// Number of the first frame of another scene.
    pub(crate) cut_frame: Option<u32>,
    /// Number of the frame that was the first reference.
    pub(crate) center_frame: Option<u32>,
    /// Numbers of the frames that were left out.
    pub(crate) lost_frames: &'a [u32],
    /// How many times as large as the median frame's the residual of each of them is.
    pub(crate) lost_misfits: &'a [f32],
    /// Root mean square displacement of each frame, in pixels.
    pub(crate) displacement: Spread,
    /// Mean over the picture of how well the halves of the frames agree, 0 ..= 1.
    pub(crate) mean_confidence: f64,
    /// Share of the picture whose confidence is below [`SURE`].
    pub(crate) doubtful_share: f64,
    /// The water's surface; `None` where it was not asked for.
    pub(crate) surface: Option<&'a SurfaceSummary>,
}

/// Bytes, but for `bands`. All but the limit depend on the threads of the run, and are `None` in a
/// [reproducible](Report::reproducible) report.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct MemoryReport {
    pub(crate) limit: u64,
    pub(crate) estimate: Option<u64>,
    pub(crate) peak: Option<u64>,
    /// Horizontal bands the work was split into to stay under the limit.
    pub(crate) bands: Option<usize>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct StageTime {
    pub(crate) stage: Stage,
    pub(crate) seconds: f64,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct PlacesReport {
    pub(crate) count: usize,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    /// Different frames that patches were taken from.
    pub(crate) distinct_frames: usize,
    /// Exact flow solves per place.
    pub(crate) solves: Tally,
    /// Places whose neighborhood graph fell into several components.
    pub(crate) several_components: usize,
    /// Flow cost of the centers, in gray levels x frames; `None` for baselines.
    pub(crate) cost: Option<Spread>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(run: Run<'a>, settings: &'a Settings, restoration: &'a Restoration) -> Report<'a> {
        let timings: Vec<StageTime> = restoration
            .timings
            .iter()
            .map(|&(stage, time)| StageTime { stage, seconds: time.as_secs_f64() })
            .collect();
        Report {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            command: run.command,
            input: input(run.input, restoration),
            output: OutputReport {
                still: run.still.display().to_string(),
                report: name(run.page),
                video: name(run.video),
                displacements: name(run.displacements),
                surface: name(run.surface.map(|surface| surface.arrays)),
                surface_video: name(run.surface.and_then(|surface| surface.video)),
                confidence: name(run.confidence),
            },
            settings,
            memory: MemoryReport {
                limit: settings.memory,
                estimate: Some(restoration.memory_estimate),
                peak: run.peak_memory,
                bands: Some(restoration.bands),
            },
            total_seconds: Some(run.seconds),
            timings,
            places: restoration.places.as_ref().map(places),
            registration: restoration
                .registration
                .as_ref()
                .and_then(|found| registration(found, run.surface)),
            devices: settings.device.notes(),
            warnings: &restoration.warnings,
        }
    }

    /// Without what differs from run to run (times, memory, how it was split up), so that the same
    /// input, settings and command make the same report to the last byte.
    pub(crate) fn reproducible(mut self) -> Report<'a> {
        self.timings.clear();
        self.devices.clear();
        self.total_seconds = None;
        self.memory = MemoryReport { estimate: None, peak: None, bands: None, ..self.memory };
        self
    }

    /// What the run took beside its stages: opening the clip, writing files.
    pub(super) fn other_time(&self) -> Option<StageTime> {
        let stages: f64 = self.timings.iter().map(|timing| timing.seconds).sum();
        let seconds = self.total_seconds? - stages;
        (seconds > 0.0).then_some(StageTime { stage: OTHER, seconds })
    }

    /// The report as indented JSON, without a final line break.
    pub(crate) fn to_json(&self) -> Result<String, ReportError> {
        Ok(serde_json::to_string_pretty(self)?)
    }
}

fn name(path: Option<&Path>) -> Option<String> {
    path.map(|path| path.display().to_string())
}

fn registration<'a>(
    registration: &'a Registration,
    surface: Option<SurfaceRun<'a>>,
) -> Option<RegistrationReport<'a>> {
    let lengths: Vec<f64> = registration.fields.iter().map(|field| f64::from(length(field))).collect();
    let confidence: Vec<f64> = match &registration.confidence.samples {
        Samples::U8(samples) => samples.iter().map(|&share| f64::from(share) / 255.0).collect(),
        Samples::U16(samples) => samples.iter().map(|&share| f64::from(share) / 65535.0).collect(),
    };
    let pixels = confidence.len().max(1) as f64;
    Some(RegistrationReport {
        start: registration.start,
        agreement: registration.agreement.as_ref(),
        reliability: registration.reliability,
        blur: registration.blur.as_ref(),
        rounds: &registration.rounds,
        converged: registration.converged,
        second_order: registration.second_order.as_ref(),
        cut_frame: registration.cut,
        center_frame: registration.center,
        lost_frames: &registration.lost,
        lost_misfits: &registration.misfits,
        displacement: Spread::of(&lengths, COST_BINS)?,
        mean_confidence: confidence.iter().sum::<f64>() / pixels,
        doubtful_share: confidence.iter().filter(|&&share| share < SURE).count() as f64 / pixels,
        surface: surface.map(|surface| surface.summary),
    })
}

fn input<'a>(file: &'a str, restoration: &'a Restoration) -> InputReport<'a> {
    let video = &restoration.video;
    InputReport {
        file,
        codec: &video.codec,
        width: video.width,
        height: video.height,
        left_out: video.left_out,
        channels: video.channels,
        depth: video.depth,
        frames_announced: video.announced_frames,
        frames_used: restoration.frames_used,
        frame_rate: video.frame_rate,
    }
}

fn places(places: &Places) -> PlacesReport {
    let mut frames = places.frame.clone();
    frames.sort_unstable();
    frames.dedup();
    PlacesReport {
        count: places.grid.len(),
        columns: places.grid.columns(),
        rows: places.grid.rows(),
        distinct_frames: frames.len(),
        solves: Tally::of(&places.solves),
        several_components: places.components.iter().filter(|&&components| components > 1).count(),
        cost: places.cost.as_deref().and_then(|cost| Spread::of(cost, COST_BINS)),
    }
}
