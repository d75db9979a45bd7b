//! How long it will take, as far as that is known: from what clips like these took before.

use super::manifest::{Outcome, Records};
use super::plan::Plan;

/// Seconds left of `total` work when `done` of it took so many seconds.
pub fn left(total: f64, done: f64, seconds: f64) -> Option<f64> {
    (done > 0.0).then(|| (total - done).max(0.0) * seconds / done)
}

/// Seconds that the clips due will take at the pace of those that are recorded; `None` if none is done,
/// or not all headers tell their frames.
pub fn ahead(plan: &Plan, due: &[usize], records: &Records) -> Option<f64> {
    let (mut work, mut seconds) = (0.0, 0.0);
    for clip in &plan.clips {
        let record = records.get(&clip.key).filter(|record| record.result == Outcome::Done);
        if let (Some(record), Some(clip)) = (record, clip.work()) {
            work += clip;
            seconds += record.seconds / record.jobs as f64;
        }
    }
    let due: f64 = due.iter().map(|&at| plan.clips[at].work()).sum::<Option<f64>>()?;
    (work > 0.0).then(|| due * seconds / work)
}

/// "about 40 s", "about 3 min", "about 2.5 h".
pub fn about(seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => format!("about {:.0} s", s.max(1.0)),
        s if s < 5400.0 => format!("about {:.0} min", s / 60.0),
        s => format!("about {:.1} h", s / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_so_far_goes_on() {
        assert_eq!(left(100.0, 25.0, 10.0), Some(30.0));
        assert_eq!(left(100.0, 0.0, 10.0), None);
        assert_eq!(
            [0.2, 89.0, 200.0, 9000.0].map(about),
            ["about 1 s", "about 89 s", "about 3 min", "about 2.5 h"]
        );
    }
}
