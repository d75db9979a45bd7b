//! The little languages of option values. Their errors are clap's to show, behind the name of
//! the option: they say what would be right.

mod bytes;
mod cost;
mod lengths;
mod range;
mod words;

use std::num::NonZeroUsize;

use seethru::registration::MOST_SHARPENED;

pub(crate) use bytes::bytes;
pub(crate) use cost::cost;
pub(crate) use lengths::{Length, depth, scale};
pub(crate) use range::{Range, range};
pub(crate) use words::{Words, one_of};

/// A count or a length in pixels.
pub(crate) fn at_least_one(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "must be a whole number from 1".to_owned())
}

/// A strength of sharpening.
pub(crate) fn sharpening(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(strength) if (0.0..=MOST_SHARPENED).contains(&strength) => Ok(strength),
        _ => Err(format!("must be a number from 0 to {MOST_SHARPENED}")),
    }
}

/// A length that is not zero.
pub(crate) fn positive(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(value) if value > 0.0 && f32::is_finite(value) => Ok(value),
        _ => Err("must be a number above 0".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_make_no_sense_are_refused() {
        assert_eq!(at_least_one("16").unwrap().get(), 16);
        for bad in ["0", "-1", "1.5", "", "x"] {
            assert!(at_least_one(bad).is_err(), "{bad}");
        }
        assert_eq!(positive("0.5"), Ok(0.5));
        for bad in ["0", "-1", "nan", "inf", "1e99", ""] {
            assert!(positive(bad).is_err(), "{bad}");
        }
    }
}
