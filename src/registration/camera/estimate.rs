//! The pose of one frame.

use super::Motion;
use super::fit::{Fit, parameters};
use super::pose::Pose;
use super::samples::{HAIR, Samples};
use super::search::starts;
use crate::registration::plane::{Plane, Pyramid, levels_of};

/// Levels finer than the coarsest on which the starts are compared: four times the detail of the
/// search, and still coarse enough for waves to be small.
const JUDGE: usize = 2;
/// Pictures that agree less than this at the judging level do not show the same scene. Unrelated
/// pictures of the tests reach 0.16; the sample clip, under waves about as strong as one can see through,
/// never falls below 0.22, and a scene that is a fifth covered has 0.72.
const LOST: f64 = 0.2;
/// A place elsewhere must agree by this much more than the guess's own: waves make places that look alike (tiles, planks)
/// agree differently by up to .05, while a camera that did move leaves next to nothing where it was.
const JUMP: f64 = 0.1;

/// Estimates the pose of one frame after the other in the same memory: about six times the
/// picture in `f32`.
#[derive(Clone, Debug, Default)]
pub(super) struct Estimator {
    reference: Side,
    frame: Side,
    samples: Samples,
    fit: Fit,
}

/// One of the two pictures.
#[derive(Clone, Debug, Default)]
struct Side {
    width: usize,
    height: usize,
    pyramid: Pyramid,
}

impl Side {
    fn fill(&mut self, picture: &Plane) {
        (self.width, self.height) = (picture.width, picture.height);
        if picture.width > 0 && picture.height > 0 {
            self.pyramid.fill(picture, levels_of(picture.width, picture.height));
        }
    }
}

impl Estimator {
    /// Where the frame shows the reference: reference(x) = frame(pose(x)), up to light and whatever
    /// moves by itself. Shifts of up to a quarter of the picture from `guess` are found. Of a motion
    /// that the picture cannot determine (along stripes) the guess's part is kept, and with
    /// [`Motion::None`] all of it.
    ///
    /// `None` if the pictures cannot be registered: one is flat, they do not show the same scene
    /// or too little of it, or differ in size.
    #[cfg(test)]
    pub(super) fn estimate(
        &mut self,
        reference: &Plane,
        frame: &Plane,
        motion: Motion,
        guess: Pose,
    ) -> Option<Pose> {
        if motion == Motion::None {
            return Some(guess);
        }
        self.reference.fill(reference);
        self.frame.fill(frame);
        self.register(motion, guess, Reach::Far)
    }

    /// Sets the reference of the next registrations.
    pub(super) fn set_reference(&mut self, picture: &Plane) {
        self.reference.fill(picture);
    }

    /// Sets the frame of the next registration.
    pub(super) fn set_frame(&mut self, picture: &Plane) {
        self.frame.fill(picture);
    }

    /// Makes the frame the reference.
    pub(super) fn advance(&mut self) {
        std::mem::swap(&mut self.reference, &mut self.frame);
    }

    /// As [`estimate`](Self::estimate), of the pictures that were set.
    pub(super) fn register(&mut self, motion: Motion, guess: Pose, reach: Reach) -> Option<Pose> {
        let (width, height) = (self.reference.width, self.reference.height);
        if (width, height) != (self.frame.width, self.frame.height) || width == 0 || height == 0 {
            return None;
        }
        let coarsest = levels_of(width, height) - 1;
        let judge = coarsest.saturating_sub(JUDGE);
        let scale = |at: usize| (1_u64 << at) as f64;
        let starts = match reach {
            Reach::Near if guess == Pose::identity() => vec![guess],
            // Where a chain of guesses went astray, a camera at rest is the next best.
            Reach::Near => vec![guess, Pose::identity()],
            Reach::Far => {
                let (reference, frame) = (&self.reference.pyramid, &self.frame.pyramid);
                let guess = guess.shrunk(scale(coarsest));
                let starts = starts(reference.level(coarsest), frame.level(coarsest), guess);
                starts.into_iter().map(|start| start.shrunk(1.0 / scale(coarsest))).collect()
            }
        };
        let mut best: Option<(f64, Pose)> = None;
        for mut pose in starts {
            // A shift first: eight parameters are too many while the pictures are far apart.
            pose = self.refine(coarsest, Motion::Translation, pose).0;
            let mut agreement = 0.0;
            for at in (judge..=coarsest).rev() {
                (pose, agreement) = self.refine(at, motion, pose);
            }
            // The guess comes first: a start elsewhere must be clearly better.
            if agreement > best.map_or(LOST, |(most, _)| most + JUMP) {
                best = Some((agreement, pose));
            }
        }
        let (_, found) = best?;
        Some((0..judge).rev().fold(found, |pose, at| self.refine(at, motion, pose).0))
    }

    /// Refines a pose, in pixels of the picture, on one level; with how well the level then agrees.
    fn refine(&mut self, at: usize, motion: Motion, from: Pose) -> (Pose, f64) {
        let scale = (1_u64 << at) as f64;
        self.samples.gather(&self.reference.pyramid, at, parameters(motion));
        let frame = self.frame.pyramid.smooth(at);
        let start = from.shrunk(scale);
        let pose = self.fit.run(&self.samples, (frame, self.frame.pyramid.level(at)), motion, start);
        let before = self.samples.agreement(frame, &start);
        let after = self.samples.agreement(frame, &pose);
        if after >= before - HAIR { (pose.shrunk(1.0 / scale), after) } else { (from, before) }
    }
}

/// How far from the guess is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// As far as the steps on the coarsest level lead, from the guess and from no motion at all.
    Near,
    /// All shifts of up to a quarter of the picture.
    Far,
}
