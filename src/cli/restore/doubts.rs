//! What a user had better know about a still before using it.

use seethru::Restoration;
use seethru::registration::{Agreement, RELIABLE, Registration, Start};

/// Below this many frames a second the waves move far from frame to frame.
const SLOW: f64 = 25.0;
/// With fewer frames than this there are no halves to compare.
const FEW: usize = Agreement::FRAMES;

/// A line with a remedy, if there is reason to doubt.
pub(crate) fn doubt(restoration: &Restoration) -> Option<String> {
    let registration = restoration.registration.as_ref()?;
    let rate = rate(registration, restoration.video.frame_rate);
    // With two scenes in it the halves cannot agree.
    cut(registration.cut).or_else(|| low(registration.reliability, rate)).or_else(|| few(registration, rate))
}

fn cut(at: Option<u32>) -> Option<String> {
    let at = at?;
    Some(format!(
        "the clip changes to another scene at frame {at}: restore one at a time, with --frames ..{at} or --frames {at}.."
    ))
}

fn low(reliability: Option<f64>, rate: Option<f64>) -> Option<String> {
    let low = reliability.filter(|&reliability| reliability < RELIABLE)?;
    Some(format!(
        "parts of the still may be wrong: the two halves of the clip, each restored by itself, agree only to {low:.2} (a good \
         still reaches {RELIABLE}): film for longer{}, in calmer or shallower water, or see what other methods make of it \
         (seethru compare)",
        faster(rate)
    ))
}

fn few(registration: &Registration, rate: Option<f64>) -> Option<String> {
    let count = registration.numbers.len();
    if registration.start == Start::MeanKept || count >= FEW {
        return None;
    }
    Some(format!(
        "{count} frames are too few to tell whether the still is right; at least {FEW} are needed: use more frames or film longer{}",
        faster(rate)
    ))
}

/// Frames used in a second.
fn rate(registration: &Registration, filmed: Option<f64>) -> Option<f64> {
    let every = registration.numbers.windows(2).map(|pair| pair[1] - pair[0]).min()?;
    Some(filmed? / f64::from(every))
}

fn faster(rate: Option<f64>) -> String {
    match rate.filter(|&rate| rate < SLOW) {
        Some(rate) => {
            format!(" and faster (these are {} frames a second, 50 are better)", (10.0 * rate).round() / 10.0)
        }
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubts_come_with_a_remedy() {
        let told = low(Some(0.7), Some(50.0)).unwrap();
        assert!(
            told.contains("agree only to 0.70 (a good still reaches 0.96): film for longer, in calmer"),
            "{told}"
        );
        let told = low(Some(0.7), Some(12.5)).unwrap();
        assert!(
            told.contains("longer and faster (these are 12.5 frames a second, 50 are better), in calmer"),
            "{told}"
        );
        assert!(low(Some(RELIABLE), None).is_none() && low(None, None).is_none());
        let told = cut(Some(40)).unwrap();
        assert!(
            told.ends_with("at frame 40: restore one at a time, with --frames ..40 or --frames 40.."),
            "{told}"
        );
        assert!(cut(None).is_none());
    }
}
