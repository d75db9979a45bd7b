//! When the frames of a video that is made of the clip's are shown: as in the clip.

use std::path::Path;

use anyhow::Result;
use seethru::Restoration;
use seethru::video::{EncodeError, Frame, Input, VideoSpec, VideoWriter, keeps_times};

use super::plan::RestorePlan;

/// Frames per second of a clip that does not say (a folder of images).
const FRAME_RATE: f64 = 25.0;

pub(crate) struct Pacing {
    /// Frames per second, or their mean.
    pub(crate) rate: f64,
    /// Seconds since the first, of the frames used, where they are not evenly spaced.
    times: Option<Vec<f64>>,
}

impl Pacing {
    /// So many frames a second.
    pub(crate) fn even(rate: f64) -> Pacing {
        Pacing { rate, times: None }
    }

    /// Reads the clip's time stamps if a video is to be made.
    pub(crate) fn of(plan: &RestorePlan, input: &Input, restoration: &Restoration) -> Result<Pacing> {
        let frames = plan.resolved().frames;
        let rate = restoration.video.frame_rate.unwrap_or(FRAME_RATE) / frames.every.get() as f64;
        let even = Pacing::even(rate);
        if plan.videos().is_empty() {
            return Ok(even);
        }
        let times = input.times(frames)?.filter(|times| times.len() == restoration.frames_used);
        Ok(match times {
            Some(times) if are_uneven(&times) => Pacing { rate: mean_rate(&times), times: Some(times) },
            _ => even,
        })
    }

    /// What is to be reported about videos whose container has no time stamps.
    pub(crate) fn warnings(&self, plan: &RestorePlan) -> Vec<String> {
        let videos = plan.videos().into_iter().filter(|(_, path)| self.times.is_some() && !keeps_times(path));
        let line = |(option, path): (&str, &Path)| {
            format!(
                "{option}: the clip's frames are not evenly spaced in time, and {} cannot keep their times: they follow \
                 at the mean rate; give a name that ends in .mp4 or .mkv to keep them",
                path.display()
            )
        };
        videos.map(line).collect()
    }

    /// Begins a video of which the frames are shown at this pace.
    pub(crate) fn begin(&self, path: &Path, spec: &VideoSpec) -> Result<Paced<'_>, EncodeError> {
        let times = self.times.as_deref().filter(|_| keeps_times(path));
        let writer = match times {
            Some(_) => VideoWriter::with_times(path, spec)?,
            None => VideoWriter::create(path, spec)?,
        };
        Ok(Paced { writer, times: times.unwrap_or_default().iter() })
    }
}

/// A video that is being written.
pub(crate) struct Paced<'a> {
    writer: VideoWriter,
    times: std::slice::Iter<'a, f64>,
}

impl Paced<'_> {
    pub(crate) fn push(&mut self, frame: &Frame) -> Result<(), EncodeError> {
        match self.times.next() {
            Some(&seconds) => self.writer.push_at(frame, seconds),
            None => self.writer.push(frame),
        }
    }

    pub(crate) fn finish(self) -> Result<(), EncodeError> {
        self.writer.finish().map(drop)
    }
}

/// Frames per second, from the first to the last.
fn mean_rate(times: &[f64]) -> f64 {
    let seconds = times.last().map_or(0.0, |last| last - times[0]);
    // Times that do not rise say nothing.
    if seconds > 0.0 { (times.len() - 1) as f64 / seconds } else { FRAME_RATE }
}

/// Whether a frame is shown more than a quarter of the mean time between two earlier or later than at the mean rate. Containers
/// round times to a millisecond.
fn are_uneven(times: &[f64]) -> bool {
    let (Some(&start), Some(&end)) = (times.first(), times.last()) else { return false };
    let step = 1.0 / mean_rate(times);
    end > start
        && times.iter().enumerate().any(|(at, time)| (time - start - at as f64 * step).abs() > step / 4.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_times_are_even_and_gaps_are_not() {
        let rounded: Vec<f64> =
            (0..200).map(|at| (f64::from(at) * 1000.0 / 59.94).round() / 1000.0).collect();
        assert!(!are_uneven(&rounded));
        assert!((mean_rate(&rounded) - 59.94).abs() < 0.02);
        let mut gap = rounded.clone();
        gap.iter_mut().skip(100).for_each(|time| *time += 0.5);
        assert!(are_uneven(&gap));
        assert!(!are_uneven(&[]) && !are_uneven(&[0.0]) && !are_uneven(&[0.0, 0.0]));
    }
}
