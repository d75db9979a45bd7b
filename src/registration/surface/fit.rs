//! The potentials fitted to the frames themselves.

use rayon::prelude::*;

use super::Surface;
use super::descent::{Descent, Fitting};
use super::prior::Power;
use crate::clip::Clip;
use crate::error::Error;
use crate::registration::camera::{Pose, resample};
use crate::registration::mean::inverse;
use crate::registration::plane::Plane;
use crate::restoration::Restoration;
use crate::settings::Settings;
use crate::stage;
use crate::video::{Channels, Frame, Input, Samples, luma_of_rgb};
use manifold::progress::Progress;

impl Surface<'_> {
    /// Fits the potentials to the frames: the input is decoded once more. Registration keeps fields smooth from node to node,
    /// which weakens short waves and knows nothing of what happens where the scene has no texture; as gradients of potentials, of
    /// waves as strong as those that were found, they are several times as exact.
    ///
    /// # Errors
    /// Those of decoding; `Canceled` if `progress` asked to stop.
    pub fn fit(
        &mut self,
        input: &Input,
        settings: &Settings,
        restoration: &Restoration,
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let pool = self.pool.take();
        let fitted = match &pool {
            Some(pool) => pool.install(|| self.fitted(input, settings, restoration, progress)),
            None => self.fitted(input, settings, restoration, progress),
        };
        self.pool = pool;
        self.potentials = fitted?;
        Ok(())
    }

    fn fitted(
        &self,
        input: &Input,
        settings: &Settings,
        restoration: &Restoration,
        progress: &dyn Progress,
    ) -> Result<Vec<Vec<f32>>, Error> {
        let numbers = &self.registration.numbers;
        let clip = Clip::reopen(input, settings.frames, numbers)?;
        let fitting = self.fitting(&restoration.still);
        let mut potentials: Vec<Vec<f32>> = Vec::with_capacity(numbers.len());
        let together = rayon::current_num_threads();
        let mut waiting: Vec<Frame> = Vec::with_capacity(together);
        let mut descents: Vec<Descent> = Vec::new();
        descents.resize_with(together, Descent::default);
        clip.each(Channels::Luma, stage::SURFACE, progress, |_, frame| {
            waiting.push(frame);
            if waiting.len() == together || potentials.len() + waiting.len() == numbers.len() {
                let first = potentials.len();
                let found = (waiting.par_drain(..).zip(&mut descents).enumerate())
                    .map(|(at, (frame, descent))| self.potential(&fitting, descent, first + at, &frame));
                potentials.par_extend(found);
            }
            Ok(())
        })?;
        Ok(potentials)
    }

    /// Of one frame.
    fn potential(&self, fitting: &Fitting, descent: &mut Descent, at: usize, frame: &Frame) -> Vec<f32> {
        if self.is_lost(at) {
            return Vec::new();
        }
        let mut plane = plane(frame);
        let pose = &self.registration.poses[at];
        if *pose != Pose::identity() {
            let mut steady = Plane::new(plane.width, plane.height);
            resample(&plane, pose, &mut steady);
            plane = steady;
        }
        fitting.potential(descent, &plane, inverse(&self.registration.fields[at]))
    }

    /// With the waves as strong as registration found them.
    fn fitting(&self, still: &Frame) -> Fitting {
        let mut power = Power::over((self.grid.columns, self.grid.rows));
        for (at, field) in self.registration.fields.iter().enumerate() {
            if !self.is_lost(at) {
                power.add(self.nearest(field));
            }
        }
        Fitting::new(&plane(still), self.registration.fields[0].lattice, |wave_numbers| {
            power.of(wave_numbers)
        })
    }
}

/// The luma of a frame.
fn plane(frame: &Frame) -> Plane {
    let mut plane = Plane::default();
    let mut fill = |samples: &Samples| match samples {
        Samples::U8(samples) => plane.fill_eight(frame.width, frame.height, samples),
        Samples::U16(samples) => plane.fill_sixteen(frame.width, frame.height, samples),
    };
    match frame.channels {
        Channels::Luma => fill(&frame.samples),
        Channels::Rgb => fill(&luma_of_rgb(&frame.samples)),
    }
    plane
}
