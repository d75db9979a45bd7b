//! How long it will take, as far as that is known: from what clips like these took before.

use super::manifest::{Outcome, Records};
use super::plan::Plan;

/// Work that is done, and the seconds that its clips took, one by one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pace {
    pub(crate) work: f64,
    pub(crate) seconds: f64,
}

impl Pace {
    /// Seconds that so much work takes, so many clips at a time; `None` before any is done.
    pub(crate) fn of(&self, work: f64, jobs: usize) -> Option<f64> {
        (self.work > 0.0).then(|| work * self.seconds / self.work / jobs as f64)
    }
}

/// Seconds that the clips due will take at the pace of those that are recorded; `None` if none is done,
/// or not all headers give their frames.
pub(crate) fn ahead(plan: &Plan, due: &[usize], records: &Records) -> Option<f64> {
    // As if one clip ran at a time: the jobs may be others now.
    let mut pace = Pace::default();
    for clip in &plan.clips {
        let record = records.get(&clip.key).filter(|record| record.result == Outcome::Done);
        if let (Some(record), Some(clip)) = (record, clip.work()) {
            pace.work += clip;
            pace.seconds += record.seconds / record.jobs as f64;
        }
    }
    let due: f64 = due.iter().map(|&at| plan.clips[at].work()).sum::<Option<f64>>()?;
    pace.of(due, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_so_far_goes_on() {
        assert_eq!(Pace { work: 25.0, seconds: 10.0 }.of(100.0, 2), Some(20.0));
        assert_eq!(Pace::default().of(100.0, 2), None);
    }
}
