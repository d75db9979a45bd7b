//! Restoration by registration: decode, steady, register, fuse, color.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::memory::{Estimate, Whole};
use super::outcome::Registration;
use super::store::Store;
use super::{RegisterSettings, Restoration, RestoreError, Run};
use crate::baseline::low_rank;
use crate::places::Stack;
use crate::places::bands::Bands;
use crate::registration::camera::{Motion, Pose, poses, resample};
use crate::registration::fuse::{Chroma, Fused, fuse};
use crate::registration::warp::{RowScratch, warp_row};
use crate::registration::{Frames, Plane, RegisterError, Registered, Start, register};
use crate::stage;
use crate::video::{Channels, Depth, Frame, Samples};
use manifold::progress::{After, Stage};

impl Run<'_> {
    /// The still by registration from either start.
    pub(super) fn register(
        mut self,
        settings: &RegisterSettings,
        start: Start,
    ) -> Result<Restoration, RestoreError> {
        let (stack, memory) = self.read_whole()?;
        let gains = self.gains();
        let steady = self.steady(stack.as_ref(), &gains, settings.stabilize)?;
        let store = Store::new(&self.clip, stack.as_ref(), &gains, &steady);
        let mut timings = Vec::new();
        let found = self.in_register(&store, start, &mut timings)?;
        let fused = match start {
            Start::Center => self.fused(&store, &found, &mut timings)?,
            Start::Mean => self.low_rank(&store, &found, &mut timings)?,
        };
        let picture =
            self.colored(&store, &found, &fused, settings.sharpen, &gains, &steady, &mut timings)?;
        let registration = self.registration(found, &fused, steady);
        drop(stack);
        self.timings.extend(timings);
        let bands = Bands::plan(
            &self.clip.info,
            &self.grid,
            self.settings,
            self.clip.frames(),
            rayon::current_num_threads(),
        )?;
        let comparisons = self.settings.comparisons.then(|| self.comparisons(&bands)).transpose()?;
        Ok(Restoration {
            picture,
            frames_used: self.clip.frames(),
            places: None,
            registration: Some(registration),
            comparisons,
            bands: 1,
            memory_estimate: memory,
            timings: self.timings,
            warnings: self.clip.warnings,
            video: self.clip.info,
        })
    }

    /// Decodes the whole clip: into memory if it fits, else into the temporary copy.
    fn read_whole(&mut self) -> Result<(Option<Stack>, u64), RestoreError> {
        let start = Instant::now();
        let height = self.clip.info.height;
        let expected = match self.clip.expected_frames() {
            Some(frames) => frames,
            None => self.clip.count(self.progress)?,
        };
        let Whole { fits, bytes: memory, with_luma } =
            Whole::plan(&self.clip.info, self.settings, expected, rayon::current_num_threads())?;
        let folder = self.settings.spill.as_deref().filter(|_| !fits);
        Estimate { frames: expected, places: 0, bands: 1, memory }.tell(self.progress);
        let rows = if fits { 0..height } else { 0..1 };
        let stack = self.clip.read_first(rows, expected, folder, self.progress)?;
        if !fits && !self.clip.is_spilled() {
            return Err(RestoreError::Memory { needed: with_luma, limit: self.settings.memory });
        }
        self.note(stage::DECODE, start);
        Ok((fits.then_some(stack), memory))
    }

    /// Where the camera pointed in each frame; empty if not requested.
    fn steady(
        &mut self,
        stack: Option<&Stack>,
        gains: &[f32],
        motion: Motion,
    ) -> Result<Vec<Pose>, RestoreError> {
        if motion == Motion::None {
            return Ok(Vec::new());
        }
        let start = Instant::now();
        let store = Store::new(&self.clip, stack, gains, &[]);
        let count = self.clip.frames();
        let failed = Mutex::new(None);
        let read = |at: usize| {
            let mut plane = Plane::new(self.clip.info.width, self.clip.info.height);
            if let Err(error) = store.read(at, &mut plane) {
                *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            }
            plane
        };
        let found = poses(read, count, count / 2, motion, self.progress);
        if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(RegisterError::Read(error).into());
        }
        let found = found.map_err(|_| RestoreError::Canceled)?;
        self.note(stage::STABILIZE, start);
        Ok(found)
    }

    fn in_register(
        &self,
        store: &Store,
        from: Start,
        timings: &mut Vec<(Stage, std::time::Duration)>,
    ) -> Result<Registered, RestoreError> {
        let start = Instant::now();
        let found = register(store, &self.clip.numbers, from, &self.settings.device, self.progress)?;
        timings.push((stage::REGISTER, start.elapsed()));
        Ok(found)
    }

    fn fused(
        &self,
        store: &Store,
        found: &Registered,
        timings: &mut Vec<(Stage, std::time::Duration)>,
    ) -> Result<Fused, RestoreError> {
        let start = Instant::now();
        let fused = fuse(store, &found.fields, &found.trusted, &found.reference, self.progress)?;
        timings.push((stage::FUSE, start.elapsed()));
        Ok(fused)
    }

    /// Stage two of Oreifej et al.: the warped frames without their sparse part, and their mean. Done in
    /// stripes of rows that fit the memory.
    fn low_rank(
        &self,
        store: &Store,
        found: &Registered,
        timings: &mut Vec<(Stage, std::time::Duration)>,
    ) -> Result<Fused, RestoreError> {
        let start = Instant::now();
        let mut fused = Fused::plain(&found.reference, found.fields.len());
        let used: Vec<usize> = (0..found.fields.len()).filter(|&at| found.trusted[at]).collect();
        let (width, height) = store.size();
        // Four copies of a stripe in single precision within half of the memory.
        let rows = (self.settings.memory / 2 / (16 * used.len().max(1) * width) as u64)
            .clamp(1, height as u64) as usize;
        let (mut frame, mut scratch, mut steps) = (Plane::default(), RowScratch::default(), 1);
        for top in (0..height).step_by(rows) {
            let stripe = top..(top + rows).min(height);
            let pixels = stripe.len() * width;
            let mut samples = vec![0.0f32; used.len() * pixels];
            for (samples, &at) in samples.chunks_exact_mut(pixels).zip(&used) {
                store.read(at, &mut frame).map_err(RegisterError::from)?;
                for (y, line) in stripe.clone().zip(samples.chunks_exact_mut(width)) {
                    warp_row(&frame, &found.fields[at], y, &mut scratch, line);
                    let mean = &found.reference.values[y * width..(y + 1) * width];
                    line.iter_mut().zip(mean).filter(|(v, _)| v.is_nan()).for_each(|(v, &mean)| *v = mean);
                }
            }
            steps +=
                low_rank(&mut samples, pixels, &After { progress: self.progress, done: steps })?.iterations;
            let out = &mut fused.luma.values[top * width..top * width + pixels];
            out.fill(0.0);
            for samples in samples.chunks_exact(pixels) {
                out.iter_mut().zip(samples).for_each(|(sum, value)| *sum += value / used.len() as f32);
            }
        }
        timings.push((stage::LOW_RANK, start.elapsed()));
        Ok(fused)
    }

    /// Adds color, if there is any, and rounds to the input's depth.
    #[expect(clippy::too_many_arguments, reason = "one call, of what the stages before found")]
    fn colored(
        &self,
        store: &Store,
        found: &Registered,
        fused: &Fused,
        sharpen: bool,
        gains: &[f32],
        steady: &[Pose],
        timings: &mut Vec<(Stage, std::time::Duration)>,
    ) -> Result<Frame, RestoreError> {
        let start = Instant::now();
        let (width, height) = store.size();
        let info = &self.clip.info;
        let mut luma = fused.luma.clone();
        if sharpen {
            crate::registration::sharpen(&mut luma);
        }
        let values = if info.channels == Channels::Rgb {
            let mut chroma = Chroma::new(width, height);
            let (mut plain, mut color) = (Plane::default(), Vec::new());
            self.clip.read_some(
                |at| found.trusted[at],
                stage::COLOR,
                self.progress,
                |at, frame| {
                    store.read(at, &mut plain).map_err(RegisterError::from)?;
                    in_gray_levels(&frame.samples, gains[at], &mut color);
                    if let Some(pose) = steady.get(at) {
                        steady_color(&mut color, (width, height), pose);
                    }
                    chroma.add(at, &color, &plain, &found.fields[at], &fused.votes);
                    Ok(())
                },
            )?;
            timings.push((stage::COLOR, start.elapsed()));
            chroma.finish(&luma)
        } else {
            luma.values
        };
        Ok(Frame { width, height, channels: info.channels, samples: rounded(&values, info.depth) })
    }

    fn registration(&self, found: Registered, fused: &Fused, poses: Vec<Pose>) -> Registration {
        let numbers = &self.clip.numbers;
        let lost = numbers.iter().zip(&found.trusted).filter(|&(_, &trusted)| !trusted);
        let share = |&share: &f32| (255.0 * share).round() as u8;
        Registration {
            lost: lost.map(|(&number, _)| number).collect(),
            center: found.center.map(|at| numbers[at]),
            numbers: numbers.clone(),
            confidence: Frame {
                width: fused.confidence.width,
                height: fused.confidence.height,
                channels: Channels::Luma,
                samples: Samples::U8(fused.confidence.values.iter().map(share).collect()),
            },
            poses: if poses.is_empty() { vec![Pose::identity(); numbers.len()] } else { poses },
            fields: found.fields,
            rounds: found.rounds,
            converged: found.converged,
        }
    }
}

/// Samples of any depth as 0 ..= 255, times `gain`.
pub(super) fn in_gray_levels(samples: &Samples, gain: f32, out: &mut Vec<f32>) {
    out.clear();
    match samples {
        Samples::U8(samples) => out.extend(samples.iter().map(|&s| gain * f32::from(s))),
        Samples::U16(samples) => out.extend(samples.iter().map(|&s| gain * f32::from(s) / 257.0)),
    }
}

/// 0 ..= 255 to samples of this depth.
pub(super) fn rounded(values: &[f32], depth: Depth) -> Samples {
    // `as` saturates.
    match depth {
        Depth::Eight => Samples::U8(values.iter().map(|value| value.round() as u8).collect()),
        Depth::Sixteen => Samples::U16(values.iter().map(|value| (257.0 * value).round() as u16).collect()),
    }
}

/// Removes the camera's motion from an interleaved picture.
pub(super) fn steady_color(color: &mut [f32], (width, height): (usize, usize), pose: &Pose) {
    let channels = color.len() / (width * height);
    let (mut plane, mut steady) = (Plane::new(width, height), Plane::new(width, height));
    for channel in 0..channels {
        let values = color.iter().skip(channel).step_by(channels);
        plane.values.iter_mut().zip(values).for_each(|(to, from)| *to = *from);
        resample(&plane, pose, &mut steady);
        let values = color.iter_mut().skip(channel).step_by(channels);
        values.zip(&steady.values).for_each(|(to, from)| *to = *from);
    }
}
