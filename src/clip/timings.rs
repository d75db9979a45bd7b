//! How long each stage took.

use std::time::{Duration, Instant};

use manifold::progress::Stage;

/// Wall time per stage, in the order they first ran.
#[derive(Default)]
pub(crate) struct Timings(Vec<(Stage, Duration)>);

impl Timings {
    /// Does a stage's work and adds its time to that of the stage.
    pub(crate) fn time<T>(&mut self, stage: Stage, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let done = work();
        let spent = start.elapsed();
        match self.0.iter_mut().find(|(noted, _)| *noted == stage) {
            Some((_, time)) => *time += spent,
            None => self.0.push((stage, spent)),
        }
        done
    }

    pub(crate) fn finish(self) -> Vec<(Stage, Duration)> {
        self.0
    }
}
