//! What a user had better know about a still before using it.

use seethru::registration::{RELIABLE, Registration};

/// A line with a remedy, if there is reason to doubt.
pub(crate) fn doubt(registration: &Registration) -> Option<String> {
    // With two scenes in it the halves cannot agree.
    cut(registration.cut).or_else(|| low(registration.reliability))
}

fn cut(at: Option<u32>) -> Option<String> {
    let at = at?;
    Some(format!(
        "the clip changes to another scene at frame {at}: restore one at a time, with --frames ..{at} or --frames {at}.."
    ))
}

fn low(reliability: Option<f64>) -> Option<String> {
    let low = reliability.filter(|&reliability| reliability < RELIABLE)?;
    Some(format!(
        "parts of the still may be wrong: the two halves of the clip, each restored by itself, agree to {low:.2} only (good \
         ones to {RELIABLE} and more): film for longer, in calmer or shallower water, or see what other methods make of it \
         (seethru compare)"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubts_come_with_a_remedy() {
        assert!(
            low(Some(0.7))
                .unwrap()
                .contains("agree to 0.70 only (good ones to 0.96 and more): film for longer")
        );
        assert!(low(Some(RELIABLE)).is_none() && low(None).is_none());
        assert!(
            cut(Some(40))
                .unwrap()
                .ends_with("at frame 40: restore one at a time, with --frames ..40 or --frames 40..")
        );
        assert!(cut(None).is_none());
    }
}
