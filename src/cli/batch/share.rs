//! How the cores and the memory are shared out: jobs x threads.
//!
//! By Amdahl's law a clip on T threads takes A + (1 - A) / T of its time on one, where A is the
//! share of the work that one thread does alone. For each number of jobs, the clips are dealt out in
//! their order to whichever job is free first, and the number that ends first is taken.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, bail};
use manifold::progress::{Progress, Stage};
use rayon::prelude::*;
use seethru::{Error, Settings, restore};

use super::args::{BatchArgs, Jobs};
use super::clip::Clip;
use crate::cli::restore::remedy;

/// What one thread does alone: decoding, color, blending. Measured by how much longer the busiest thread
/// of 2 and of 4 computes than the others: 0.22 and 0.19 of all work on `samples/wavy.mp4` with a page,
/// 0.41 and 0.44 on 40 frames of 96x72. Small clips gain more by jobs, then; those take little anyway.
const ALONE: f64 = 0.2;
/// More jobs take more memory: they have to end the batch earlier by this part.
const WORTHWHILE: f64 = 0.02;

/// Clips at a time, and what each of them gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) jobs: usize,
    pub(crate) threads: NonZeroUsize,
    /// Bytes.
    pub(crate) memory: u64,
}

impl Share {
    fn new(jobs: usize, cores: usize, memory: u64) -> Share {
        let threads = NonZeroUsize::new(cores / jobs).unwrap_or(NonZeroUsize::MIN);
        Share { jobs, threads, memory: memory / jobs as u64 }
    }

    /// These settings under this share. The outputs do not depend on it.
    pub(crate) fn of(&self, clip: &Clip) -> Settings {
        Settings {
            threads: Some(self.threads),
            memory: self.memory,
            spill: Some(existing(clip.outputs.folder()).to_owned()),
            ..clip.resolved()
        }
    }
}

/// The folder, or the nearest one above it that is there.
fn existing(folder: &std::path::Path) -> &std::path::Path {
    let above = folder.ancestors().find(|path| path.is_dir());
    above.unwrap_or(std::path::Path::new("."))
}

/// The share for these clips, and their estimates under it.
///
/// # Errors
/// If a clip does not fit its share of the memory.
pub(crate) fn settle(args: &BatchArgs, clips: &mut [Clip]) -> Result<Share> {
    let cores =
        args.settings.threads.or(std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let mut jobs = match args.jobs {
        Jobs::Fixed(jobs) => jobs.get().min(clips.len()),
        Jobs::Auto => best(&work(clips), cores),
    };
    loop {
        let share = Share::new(jobs, cores, args.settings.memory);
        let probed: Vec<Result<Option<u64>>> =
            clips.par_iter().map(|clip| probe(clip, &share.of(clip))).collect();
        match probed.into_iter().collect::<Result<Vec<_>>>() {
            Ok(estimates) => {
                clips.iter_mut().zip(estimates).for_each(|(clip, estimate)| clip.memory_estimate = estimate);
                return Ok(share);
            }
            Err(_) if jobs > 1 && args.jobs == Jobs::Auto => jobs -= 1,
            Err(error) if jobs > 1 => {
                bail!(
                    "--jobs {jobs} leaves each clip {} of the memory: {error:#}, or give fewer jobs",
                    part(jobs)
                )
            }
            Err(error) => return Err(error),
        }
    }
}

fn part(jobs: usize) -> String {
    if jobs == 2 { "half".to_owned() } else { format!("a {jobs}th") }
}

/// Pixels x frames of each clip; what the header does not say is taken as the mean of the others.
fn work(clips: &[Clip]) -> Vec<f64> {
    let known: Vec<f64> = clips.iter().filter_map(Clip::work).collect();
    let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
    clips.iter().map(|clip| clip.work().unwrap_or(mean)).collect()
}

/// The number of jobs with which these clips end first on `cores`.
fn best(work: &[f64], cores: usize) -> usize {
    let (mut best, mut shortest) = (1, f64::INFINITY);
    for jobs in 1..=cores.min(work.len()).max(1) {
        let time = makespan(work, jobs, (cores / jobs).max(1));
        if time < shortest * (1.0 - WORTHWHILE) {
            (best, shortest) = (jobs, time);
        }
    }
    best
}

/// When the last job ends, each clip going to the job that is free first.
fn makespan(work: &[f64], jobs: usize, threads: usize) -> f64 {
    let pace = ALONE + (1.0 - ALONE) / threads as f64;
    let mut ends = vec![0.0; jobs];
    for &work in work {
        // The least is last.
        ends.sort_unstable_by(|a: &f64, b| b.total_cmp(a));
        if let Some(first) = ends.last_mut() {
            *first += work * pace;
        }
    }
    ends.into_iter().fold(0.0, f64::max)
}

/// What a clip would take: asked of the restoration itself, which says so before it decodes, and is
/// stopped then. `None` if only decoding shows it, or if the clip is going to fail.
fn probe(clip: &Clip, settings: &Settings) -> Result<Option<u64>> {
    if !matches!(clip.size, Some((_, _, Some(_)))) {
        return Ok(None);
    }
    let first = First::default();
    match restore(&clip.input, settings, &first) {
        Err(error @ Error::Memory { .. }) => Err(remedy::in_options(error, &clip.input, &settings.method)),
        _ => Ok(first.0.into_inner().unwrap_or_else(PoisonError::into_inner)),
    }
}

/// Keeps the estimate and stops at the first step.
#[derive(Default)]
struct First(Mutex<Option<u64>>);

impl Progress for First {
    fn advance(&self, _: Stage, _: usize, _: Option<usize>) -> ControlFlow<()> {
        ControlFlow::Break(())
    }

    fn planned(&self, memory: u64, _: &[(usize, &'static str)]) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(memory);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_clips_run_one_per_core() {
        assert_eq!(best(&[1.0; 100], 2), 2);
        assert_eq!(best(&[1.0; 160], 16), 16);
    }

    #[test]
    fn few_clips_share_the_cores() {
        assert_eq!(best(&[1.0], 16), 1);
        assert_eq!(best(&[1.0; 4], 16), 4);
        assert_eq!(
            Share::new(4, 16, 4 << 30),
            Share { jobs: 4, threads: 4.try_into().unwrap(), memory: 1 << 30 }
        );
        // More jobs than cores have a thread each.
        assert_eq!(Share::new(4, 2, 4 << 30).threads.get(), 1);
    }

    #[test]
    fn one_long_clip_is_not_left_with_one_thread() {
        // Beside it three short ones: four jobs would leave it one core of four.
        assert!(best(&[100.0, 1.0, 1.0, 1.0], 4) < 4);
        // One clip more than cores: two rounds of one thread each take longer than fewer jobs on more.
        assert_eq!(makespan(&[1.0; 5], 4, 1), 2.0);
    }
}
