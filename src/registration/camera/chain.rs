//! The poses of all frames of a clip.

use rayon::prelude::*;

use super::Motion;
use super::estimate::{Estimator, Reach};
use super::pose::Pose;
use crate::registration::plane::Plane;
use crate::stage;
use manifold::progress::{Canceled, Counter, Progress};

/// From the anchor on, one frame in this many is registered with the anchor itself. The errors of a
/// chain add up like a random walk: over eight frames to three times that of one.
const KEY: usize = 8;
/// Frames processed together; after each such batch the work can be stopped.
const BATCH: usize = 32;
/// Frames in a row that one thread takes: it prepares each but the first one only once.
const RUN: usize = 4;

/// The poses of frames 0 .. `count`, where frame `anchor` (the last one, if there are not that many)
/// has the identity: anchor(x) = frame(pose(x)).
///
/// Each frame is registered with its neighbor toward the anchor, and every eighth also with the
/// anchor, which removes the drift as long as both show a quarter of the same scene. A frame that
/// cannot be registered with either (flat, black, another scene) has the pose of the one before it on the
/// way from the anchor. The poses are the same on any number of threads.
///
/// `frames` is called from rayon's threads, up to three times for a frame; each thread holds one frame
/// and the estimator's six at a time. `progress` receives how many frames are done, 1 ..= `count`.
///
/// # Errors
/// [`Canceled`] when `progress` says so.
pub(crate) fn poses(
    frames: impl Fn(usize) -> Plane + Sync,
    count: usize,
    anchor: usize,
    motion: Motion,
    progress: &dyn Progress,
) -> Result<Vec<Pose>, Canceled> {
    let mut poses = vec![Pose::identity(); count];
    if count == 0 || motion == Motion::None {
        return Ok(poses);
    }
    let anchor = anchor.min(count - 1);
    let counter = Counter::new(progress, stage::STABILIZE, count);
    counter.add(1)?;
    let ways: [Vec<usize>; 2] = [(anchor..count).collect(), (0..=anchor).rev().collect()];
    for way in &ways {
        let walk = Walk { frames: &frames, way, motion };
        for start in (0..way.len() - 1).step_by(BATCH) {
            let end = (start + BATCH).min(way.len() - 1);
            let found = walk.batch(start, end, poses[way[start]]);
            for (&frame, pose) in way[start + 1..=end].iter().zip(found) {
                poses[frame] = pose;
            }
            (start..end).try_for_each(|_| counter.add(1))?;
        }
    }
    Ok(poses)
}

/// Frames in the order they are reached from the anchor, which is the first.
struct Walk<'a, F> {
    frames: &'a F,
    way: &'a [usize],
    motion: Motion,
}

impl<F: Fn(usize) -> Plane + Sync> Walk<'_, F> {
    /// The poses of `way[start + 1 ..= end]`, from that of `way[start]`.
    fn batch(&self, start: usize, end: usize, pose: Pose) -> Vec<Pose> {
        let steps = self.steps(start, end);
        let guesses = chain(pose, &steps, &vec![None; steps.len()]);
        let anchored = self.anchored(start, &steps, &guesses);
        chain(pose, &steps, &anchored)
    }

    /// The motion from each of `way[start .. end]` to the next.
    fn steps(&self, start: usize, end: usize) -> Vec<Option<Pose>> {
        let places: Vec<usize> = (start..end).collect();
        let runs = places.par_chunks(RUN).map_init(Estimator::default, |estimator, run| {
            estimator.set_reference(&(self.frames)(self.way[run[0]]));
            let step = |&place: &usize| {
                estimator.set_frame(&(self.frames)(self.way[place + 1]));
                let step = estimator.register(self.motion, Pose::identity(), Reach::Far);
                estimator.advance();
                step
            };
            run.iter().map(step).collect::<Vec<_>>()
        });
        runs.collect::<Vec<_>>().concat()
    }

    /// The poses found with the anchor itself, of key frames and of those that the chain does not reach.
    fn anchored(&self, start: usize, steps: &[Option<Pose>], guesses: &[Pose]) -> Vec<Option<Pose>> {
        let wanted = |at: usize| (start + at + 1).is_multiple_of(KEY) || steps[at].is_none();
        if !(0..steps.len()).any(wanted) {
            return vec![None; steps.len()];
        }
        let anchor = (self.frames)(self.way[0]);
        let runs = (0..steps.len()).into_par_iter().map_init(
            || None,
            |estimator: &mut Option<Estimator>, at| {
                let reach = if steps[at].is_some() { Reach::Near } else { Reach::Far };
                wanted(at).then(|| {
                    let estimator = estimator.get_or_insert_with(|| {
                        let mut estimator = Estimator::default();
                        estimator.set_reference(&anchor);
                        estimator
                    });
                    estimator.set_frame(&(self.frames)(self.way[start + at + 1]));
                    estimator.register(self.motion, guesses[at], reach)
                })?
            },
        );
        runs.collect()
    }
}

/// One step after the other from `pose`; where a pose is known it is taken instead.
fn chain(mut pose: Pose, steps: &[Option<Pose>], known: &[Option<Pose>]) -> Vec<Pose> {
    let poses = steps.iter().zip(known).map(|(step, known)| {
        pose = known.or(step.map(|step| step.compose(pose))).unwrap_or(pose);
        pose
    });
    poses.collect()
}
