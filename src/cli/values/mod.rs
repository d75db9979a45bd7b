//! The little languages of option values. Their errors are clap's to show, behind the name of
//! the option: they say what would be right.

mod bytes;
mod cost;
mod lengths;
mod range;
mod seconds;
mod words;

use std::num::NonZeroUsize;

use seethru::registration::MOST_SHARPENED;

pub(crate) use bytes::bytes;
pub(crate) use cost::cost;
pub(crate) use lengths::{Length, depth, scale};
pub(crate) use range::{Range, range};
pub(crate) use seconds::{seconds, some_seconds};
pub(crate) use words::{Words, one_of};

/// A count or a length in pixels.
pub(crate) fn at_least_one(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "must be a whole number from 1".to_owned())
}

/// Threads for each core that can be asked for, and threads that can be asked for of any machine: a few more than cores help
/// where they wait for a disk, thousands only take memory and long to start.
const THREADS_A_CORE: usize = 8;
const THREADS_ANYWHERE: usize = 64;

/// A number of threads, or of jobs that run side by side.
pub(crate) fn threads(text: &str) -> Result<NonZeroUsize, String> {
    let threads = at_least_one(text)?;
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let most = (THREADS_A_CORE * cores).max(THREADS_ANYWHERE);
    match threads.get() <= most {
        true => Ok(threads),
        false => Err(format!("must be at most {most}: this machine has {cores} cores")),
    }
}

/// A strength of sharpening.
pub(crate) fn sharpening(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(strength) if (0.0..=MOST_SHARPENED).contains(&strength) => Ok(strength),
        _ => Err(format!("must be a number from 0 to {MOST_SHARPENED}")),
    }
}

/// A share of what there is, not none of it.
pub(crate) fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if value > 0.0 && value <= 1.0 => Ok(value),
        _ => Err("must be a number above 0 and at most 1".to_owned()),
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
    fn shares_lie_above_0_and_end_at_1() {
        assert_eq!((share(".99"), share("1")), (Ok(0.99), Ok(1.0)));
        for text in ["0", "1.01", "99", "-.5", "nan", "all"] {
            assert!(share(text).unwrap_err().contains("at most 1"), "{text}");
        }
    }

    #[test]
    fn more_threads_than_help_are_refused() {
        assert_eq!(threads("64").unwrap().get(), 64);
        assert!(threads("1000000").unwrap_err().contains("cores"));
        assert!(threads("0").unwrap_err().contains("from 1"));
    }

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
