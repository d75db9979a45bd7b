//! Registration in rounds: frames with a reference, and the reference from the frames.
//!
//! Round 0 registers the central frame with all others, along the [`Paths`]. Each round then estimates
//! where the still scene is ([`mean`](super::mean), [`correct`](super::correct)), moves all fields there, and takes the mean of the
//! frames, warped by their fields, as the next reference: with less noise than any frame, and in place.

use std::sync::Arc;

use rayon::prelude::*;

use super::align::{Aligner, Effort};
use super::average::average;
use super::correct::{Texture, correction};
use super::cuda::Session;
use super::error::{RegisterError, SMALLEST_SIDE};
use super::field::{Field, Lattice};
use super::frames::{Frames, OfOneSize};
use super::fuse::voted_mean;
use super::mean::{compose, inverse, length, mean, weights};
use super::paths::{Paths, distances, thumbnail};
use super::plane::{Plane, Pyramid};
use super::second_order::{SecondOrder, second_order};
use super::template::Template;
use super::walk::{walk, walk_on_gpu};
use crate::stage;
use manifold::device::{Device, Gpu, Work};
use manifold::progress::{Counter, Progress};

/// Most rounds after round 0; clips usually need three.
pub(super) const ROUNDS: usize = 4;
/// The rounds have converged when the correction changes by less than this from one to the next
/// (root mean square, pixels): less than the eye or a measure of sharpness can detect.
pub(super) const CONVERGED: f32 = 0.05;
/// And with the mean as the start, when the mean changes by less than this, half of the smallest step of
/// an 8-bit sample (root mean square, gray levels).
const CONVERGED_GRAY: f32 = 0.5;
/// From round to round fields move by a fraction of a pixel.
const AGAIN: Effort = Effort { levels: 1, steps: 3 };
/// With the first mean instead of a single frame, displacements are half as large: every frame is
/// tried once more from zero, and what fits better there replaces what the paths led to.
const FRESH: Effort = Effort { levels: 3, steps: 4 };
/// Multiply-adds, or operations that take as long, for each pixel of a frame: about 20 steps, of
/// which each warps (a spline and four samples), takes eight products and adds them up along both axes, and
/// runs ten steps of the solver at a sixteenth as many nodes.
const OPERATIONS: f64 = 20.0 * 120.0;
/// From zero, without a neighbor: all levels.
const FROM_ZERO: Effort = Effort { levels: usize::MAX, steps: 8 };
/// A frame whose residual variance is more than this many times the median frame's shows something
/// else, or is lost: twice the spread of the residual itself. It does not count in the geometry.
const LOST: f32 = 4.0;
/// What the first reference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// The center of the frames by convex flow; frames are reached along paths, and the geometry is
    /// corrected by the mean displacement.
    Center,
    /// The temporal mean, with which every frame is registered in one jump; the geometry is corrected as for `Center`, and
    /// frames count in the mean as far as they agree with it.
    Mean,
    /// The temporal mean, whose geometry is kept (Oreifej, Shu, Pace, Shah, "A two-stage reconstruction approach for seeing
    /// through water", CVPR 2011, stage one).
    MeanKept,
}

/// One round, for the report.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Round {
    /// How far the geometry was corrected, root mean square in pixels.
    pub correction: f32,
    /// By how much that differs from the round before; with the mean as the start, by how many gray
    /// levels the mean changes.
    pub change: f32,
    /// Median over the frames of the residual's standard deviation, in gray levels.
    pub residual: f32,
}

/// All frames in register.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Registered {
    /// Where each pixel of the still is seen in each frame.
    pub fields: Vec<Field>,
    /// Mean of the frames in the restored geometry; from [`Start::Mean`], of those that agree.
    pub reference: Plane,
    /// Frames that could be registered.
    pub trusted: Vec<bool>,
    /// How many times as large as the median frame's each frame's residual is (its standard deviation): above 2 it is not trusted.
    pub misfits: Vec<f32>,
    /// The frame that was the first reference; `None` for [`Start::Mean`].
    pub center: Option<usize>,
    /// What each round did.
    pub rounds: Vec<Round>,
    /// Whether the last round changed too little for another to matter.
    pub converged: bool,
    /// The second-order bias of the mean displacement, which is corrected; `None` for [`Start::MeanKept`], or where it could
    /// not be found.
    pub second_order: Option<SecondOrder>,
}

/// Registers all frames. `numbers` are their (ascending) numbers in the video; `progress` receives how
/// many frames of how many were registered, in all rounds, and may stop the work.
///
/// On a GPU the fields are those of the CPU up to rounding: sums are added in another order.
pub fn register(
    frames: &dyn Frames,
    numbers: &[u32],
    start: Start,
    device: &Device,
    progress: &dyn Progress,
) -> Result<Registered, RegisterError> {
    register_within(ROUNDS, frames, numbers, start, device, progress)
}

/// The same in at most `most` rounds after round 0.
pub(super) fn register_within(
    most: usize,
    frames: &dyn Frames,
    numbers: &[u32],
    start: Start,
    device: &Device,
    progress: &dyn Progress,
) -> Result<Registered, RegisterError> {
    let count = frames.count();
    if count == 0 || numbers.len() < count {
        return Err(RegisterError::Frames { frames: count, numbers: numbers.len() });
    }
    let (width, height) = frames.size();
    if width < SMALLEST_SIDE || height < SMALLEST_SIDE {
        return Err(RegisterError::TooSmall { width, height });
    }
    let frames = &OfOneSize(frames);
    let rounds = |gpu| in_rounds(frames, numbers, (start, most), gpu, progress);
    let Some(gpu) = gpu_for(frames, device) else { return rounds(None) };
    let found = Session::new(gpu, device, frames).and_then(|session| rounds(Some(session)));
    match device.or_cpu(stage::REGISTRATION, "hold the data for registering a frame", found)? {
        Some(found) => Ok(found),
        None => rounds(None),
    }
}

fn in_rounds(
    frames: &dyn Frames,
    numbers: &[u32],
    (start, most): (Start, usize),
    gpu: Option<Session<'_>>,
    progress: &dyn Progress,
) -> Result<Registered, RegisterError> {
    let (width, height) = frames.size();
    let counter = Counter::new(progress, stage::REGISTER, frames.count() * (most + 1));
    counter.round(1, most + 1)?;
    let mut job = Job { frames, counter, gpu };
    let (mut state, mut residuals) = match start {
        Start::Center => job.along_paths()?,
        Start::Mean | Start::MeanKept => job.onto_mean(start)?,
    };
    let mut before = Field::zero(Lattice::over(width, height));
    for round in 0..=most {
        if round > 0 {
            job.counter.round(round + 1, most + 1)?;
            residuals = job.again(&mut state, round)?;
        }
        state.trusted = trusted(&residuals);
        state.misfits = misfits(&residuals);
        let moved = match start {
            Start::Center | Start::Mean => straighten(&mut state, numbers),
            Start::MeanKept => Field::zero(before.lattice),
        };
        let reference = job.next_reference(start, &state.fields, &state.trusted)?;
        let change = match start {
            Start::Center | Start::Mean => length(&difference(&moved, &before)),
            Start::MeanKept => mean_change(&reference, &state.reference),
        };
        state.reference = reference;
        state.rounds.push(Round { correction: length(&moved), change, residual: median(&residuals).sqrt() });
        before = moved;
        let limit = if start == Start::MeanKept { CONVERGED_GRAY } else { CONVERGED };
        if round > 0 && change < limit {
            state.converged = true;
            break;
        }
    }
    // Rounds that were not needed count as done.
    job.counter.finish()?;
    Ok(state)
}

/// What all rounds work with.
struct Job<'a> {
    frames: &'a dyn Frames,
    counter: Counter<'a>,
    /// Where the frames are registered and averaged, if not on the CPU.
    gpu: Option<Session<'a>>,
}

impl Job<'_> {
    /// Round 0 of [`Start::Center`].
    fn along_paths(&mut self) -> Result<(Registered, Vec<f32>), RegisterError> {
        let frames = self.frames;
        let thumbnails = (0..frames.count()).into_par_iter().map_init(
            || (Plane::default(), Pyramid::default()),
            |(plane, pyramid), at| {
                frames.read(at, plane)?;
                Ok::<_, RegisterError>(thumbnail(plane, pyramid))
            },
        );
        let paths = Paths::new(&distances(&thumbnails.collect::<Result<Vec<_>, _>>()?))?;
        let mut reference = Plane::default();
        frames.read(paths.center, &mut reference)?;
        let (fields, residuals) = match &mut self.gpu {
            Some(gpu) => walk_on_gpu(gpu, &reference, &paths, &self.counter)?,
            None => walk(frames, &reference, &paths, &self.counter)?,
        };
        Ok((start_state(fields, reference, Some(paths.center)), residuals))
    }

    /// Round 0 of [`Start::Mean`] and [`Start::MeanKept`].
    fn onto_mean(&mut self, start: Start) -> Result<(Registered, Vec<f32>), RegisterError> {
        let (width, height) = self.frames.size();
        let zero = Field::zero(Lattice::over(width, height));
        let fields = vec![zero; self.frames.count()];
        let reference = self.next_reference(start, &fields, &vec![true; self.frames.count()])?;
        let mut state = start_state(fields, reference, None);
        let residuals = self.each(&mut state, FROM_ZERO, None)?;
        Ok((state, residuals))
    }

    fn again(&mut self, state: &mut Registered, round: usize) -> Result<Vec<f32>, RegisterError> {
        self.each(state, AGAIN, (round == 1).then_some(FRESH))
    }

    /// Registers every frame from where it is, and from zero if requested.
    fn each(
        &mut self,
        state: &mut Registered,
        effort: Effort,
        fresh: Option<Effort>,
    ) -> Result<Vec<f32>, RegisterError> {
        if let Some(gpu) = &mut self.gpu {
            let reference = gpu.reference(&state.reference)?;
            let all: Vec<usize> = (0..state.fields.len()).collect();
            return gpu.align(&reference, &all, &mut state.fields, effort, fresh, &self.counter);
        }
        let (frames, counter) = (self.frames, &self.counter);
        let template = Template::new(&state.reference);
        let residuals = state.fields.par_iter_mut().enumerate().map_init(
            || (Aligner::default(), Plane::default()),
            |(aligner, frame), (at, field)| {
                frames.read(at, frame)?;
                counter.add(1)?;
                if let Some(fresh) = fresh {
                    return Ok(aligner.align_anew(&template, frame, field, (fresh, effort)));
                }
                Ok(aligner.align(&template, frame, field, effort))
            },
        );
        residuals.collect()
    }

    /// The mean of the trusted frames; from the mean, of those that agree with it.
    fn next_reference(
        &mut self,
        start: Start,
        fields: &[Field],
        trusted: &[bool],
    ) -> Result<Plane, RegisterError> {
        let plain = self.average(fields, trusted)?;
        match start {
            Start::Mean => voted_mean(self.frames, fields, trusted, &plain, &self.counter),
            Start::Center | Start::MeanKept => Ok(plain),
        }
    }

    /// Mean over the trusted frames of what they see.
    fn average(&mut self, fields: &[Field], trusted: &[bool]) -> Result<Plane, RegisterError> {
        match &mut self.gpu {
            Some(gpu) => gpu.average(fields, trusted),
            None => average(self.frames, fields, trusted, &self.counter),
        }
    }
}

/// The GPU, if the work is worth it.
fn gpu_for(frames: &dyn Frames, device: &Device) -> Option<Arc<Gpu>> {
    let (width, height) = frames.size();
    let samples = (width * height * frames.count()) as f64;
    let work = Work { operations: OPERATIONS * samples, bytes: 4.0 * samples };
    device.for_work(stage::REGISTRATION, work, rayon::current_num_threads())
}

fn start_state(fields: Vec<Field>, reference: Plane, center: Option<usize>) -> Registered {
    let trusted = vec![true; fields.len()];
    Registered {
        fields,
        reference,
        trusted,
        misfits: Vec::new(),
        center,
        rounds: Vec::new(),
        converged: false,
        second_order: None,
    }
}

/// Moves all fields to where the scene is in still water; returns by how much.
fn straighten(state: &mut Registered, numbers: &[u32]) -> Field {
    let backwards: Vec<Field> = state.fields.par_iter().map(inverse).collect();
    let weights = weights(&backwards, numbers, &state.trusted);
    let texture = Texture::of(&state.reference);
    let at_pixels = mean(&backwards, &weights);
    let mut moved = correction(&state.fields, &weights, &at_pixels, &texture);
    state.second_order = second_order(&backwards, &weights, &at_pixels);
    if let Some(found) = &state.second_order {
        add(&mut moved, &found.correction);
    }
    compose(&moved, &mut state.fields);
    moved
}

/// The residual variance of a frame like most. A perfect clip (a still picture, say) has a median of zero.
fn usual(residuals: &[f32]) -> f32 {
    median(residuals).max(1.0)
}

fn misfits(residuals: &[f32]) -> Vec<f32> {
    residuals.iter().map(|residual| (residual / usual(residuals)).sqrt()).collect()
}

fn trusted(residuals: &[f32]) -> Vec<bool> {
    let limit = LOST * usual(residuals);
    let trusted: Vec<bool> = residuals.iter().map(|&residual| residual <= limit).collect();
    // Residuals that are NaN say nothing about any frame.
    if trusted.contains(&true) { trusted } else { vec![true; residuals.len()] }
}

fn median(values: &[f32]) -> f32 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    sorted[sorted.len() / 2]
}

fn add(sum: &mut Field, field: &Field) {
    sum.dx.iter_mut().zip(&field.dx).for_each(|(sum, value)| *sum += value);
    sum.dy.iter_mut().zip(&field.dy).for_each(|(sum, value)| *sum += value);
}

fn difference(a: &Field, b: &Field) -> Field {
    let less = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a - b).collect();
    Field { lattice: a.lattice, dx: less(&a.dx, &b.dx), dy: less(&a.dy, &b.dy) }
}

/// Root mean square difference of two references in gray levels.
fn mean_change(a: &Plane, b: &Plane) -> f32 {
    let sum: f64 = a.values.iter().zip(&b.values).map(|(a, b)| f64::from((a - b).powi(2))).sum();
    (sum / a.values.len().max(1) as f64).sqrt() as f32
}
