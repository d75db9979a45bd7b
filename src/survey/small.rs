//! Some frames from the middle of the clip, shrunk.

use std::io;

use crate::registration::Pose;
use crate::registration::camera::resample;
use crate::registration::{Frames, Plane, SMALLEST_SIDE};
use crate::video::{Channels, Frame, Samples};

/// Most frames that are kept: several waves long.
pub(super) const FRAMES: usize = 64;
/// They are shrunk by a whole number to at most this many pixels each way. Waves that can be seen
/// through are many pixels long, and their displacement is found to a tenth of a small pixel.
const SIDE: usize = 256;
/// Frames further apart than this in time may be too different to be followed: gravity waves as long as
/// a hand have a period of a third of a second.
const APART: f64 = 0.08;
/// Frames per second if the clip does not say.
const FRAME_RATE: f64 = 25.0;

/// Small frames, for registration.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    size: (usize, usize),
    /// How many times smaller they are.
    pub shrink: usize,
    /// The first of the frames seen that is kept, ...
    first: usize,
    /// ... and the distance from one to the next.
    pub apart: usize,
    /// Numbers in the video.
    pub numbers: Vec<u32>,
    planes: Vec<Plane>,
}

impl Sample {
    /// Out of the middle of `expected` frames of this size; out of the first ones where their number is
    /// not known.
    pub(super) fn planned(
        (width, height): (usize, usize),
        expected: Option<usize>,
        rate: Option<f64>,
    ) -> Sample {
        let shrink = width.max(height).div_ceil(SIDE).max(1);
        let in_time = (rate.unwrap_or(FRAME_RATE) * APART).round() as usize;
        let apart = match expected {
            Some(frames) => (frames / FRAMES).min(in_time).max(1),
            None => in_time.max(1),
        };
        let span = (FRAMES - 1) * apart + 1;
        let first = expected.map_or(0, |frames| frames.saturating_sub(span) / 2);
        Sample {
            size: (width / shrink, height / shrink),
            shrink,
            first,
            apart,
            numbers: Vec::new(),
            planes: Vec::new(),
        }
    }

    /// Keeps frame `at` of those seen if it is one of the sample.
    pub(super) fn offer(&mut self, at: usize, number: u32, frame: &Frame) {
        let wanted = at >= self.first && (at - self.first).is_multiple_of(self.apart);
        if wanted && self.numbers.len() < FRAMES {
            self.numbers.push(number);
            self.planes.push(shrunk(frame, self.shrink, self.size));
        }
    }

    /// Whether fewer than half of the possible frames are kept, of those `seen`.
    pub(super) fn is_short(&self, seen: usize) -> bool {
        2 * self.numbers.len() < seen.min(FRAMES)
    }

    /// Whether there is enough to register.
    pub(super) fn is_telling(&self) -> bool {
        let (width, height) = self.size;
        let differ = self.planes.iter().any(|plane| plane.values != self.planes[0].values);
        self.planes.len() >= 3 && width.min(height) >= SMALLEST_SIDE && differ
    }

    /// As in a restoration, all as bright as the median frame.
    pub(super) fn equally_bright(&mut self) {
        let mean = |plane: &Plane| plane.values.iter().sum::<f32>() / plane.values.len().max(1) as f32;
        let means: Vec<f32> = self.planes.iter().map(mean).collect();
        let mut sorted = means.clone();
        sorted.sort_unstable_by(f32::total_cmp);
        let Some(&median) = sorted.get(sorted.len() / 2) else { return };
        for (plane, mean) in self.planes.iter_mut().zip(means).filter(|(_, mean)| *mean > 0.0) {
            plane.values.iter_mut().for_each(|value| *value *= median / mean);
        }
    }

    /// The same frames without the camera's motion.
    pub(super) fn steadied(&self, poses: &[Pose]) -> Sample {
        let steady = |(plane, pose): (&Plane, &Pose)| {
            let mut steady = Plane::new(plane.width, plane.height);
            resample(plane, pose, &mut steady);
            steady
        };
        Sample { planes: self.planes.iter().zip(poses).map(steady).collect(), ..self.clone() }
    }

    pub(super) fn plane(&self, at: usize) -> &Plane {
        &self.planes[at]
    }

    /// The frames as a YUV4MPEG2 stream, with planes of color (without any in them) if the clip has them.
    pub(super) fn y4m(&self, channels: Channels) -> Vec<u8> {
        let (width, height) = self.size;
        let kind = if channels == Channels::Rgb { "444" } else { "mono" };
        let header = format!("YUV4MPEG2 W{width} H{height} F25:1 Ip A1:1 C{kind} XCOLORRANGE=FULL\n");
        let mut stream = header.into_bytes();
        for plane in &self.planes {
            stream.extend(b"FRAME\n");
            stream.extend(plane.values.iter().map(|value| value.round() as u8));
            let colors = if channels == Channels::Rgb { 2 * width * height } else { 0 };
            stream.resize(stream.len() + colors, 128);
        }
        stream
    }
}

impl Frames for Sample {
    fn count(&self) -> usize {
        self.planes.len()
    }

    fn size(&self) -> (usize, usize) {
        self.size
    }

    fn read(&self, at: usize, into: &mut Plane) -> io::Result<()> {
        into.clone_from(&self.planes[at]);
        Ok(())
    }
}

/// Means over squares of `by` x `by` pixels; what is left over at the right and the bottom is not used.
fn shrunk(frame: &Frame, by: usize, (width, height): (usize, usize)) -> Plane {
    let mut small = Plane::new(width, height);
    let area = (by * by) as f32;
    let mut add = |x: usize, y: usize, value: f32| {
        if x / by < width && y / by < height {
            small.values[y / by * width + x / by] += value / area;
        }
    };
    for y in 0..frame.height {
        let row = y * frame.width..(y + 1) * frame.width;
        match &frame.samples {
            Samples::U8(samples) => {
                samples[row].iter().enumerate().for_each(|(x, &s)| add(x, y, f32::from(s)));
            }
            Samples::U16(samples) => {
                samples[row].iter().enumerate().for_each(|(x, &s)| add(x, y, f32::from(s) / 257.0));
            }
        }
    }
    small
}
