//! `A..B`, `A..`, `..B`, `..`: frames from A, up to but not including B.

/// Which frames, before [`every`](seethru::FrameRange::every) is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) start: usize,
    pub(crate) end: Option<usize>,
}

pub(crate) fn range(text: &str) -> Result<Range, String> {
    const FORMS: &str = "must be A..B, A.. or ..B with frame numbers from 0";
    let (start, end) = text.split_once("..").ok_or(FORMS)?;
    let number = |text: &str| match text {
        "" => Ok(None),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().map(Some).map_err(|_| FORMS)
        }
        _ => Err(FORMS),
    };
    let (start, end) = (number(start)?.unwrap_or(0), number(end)?);
    match end {
        Some(end) if end <= start => {
            Err(format!("holds no frame: the end is not included, so it must be above {start}"))
        }
        _ => Ok(Range { start, end }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms() {
        assert_eq!(range("100..600"), Ok(Range { start: 100, end: Some(600) }));
        assert_eq!(range("100.."), Ok(Range { start: 100, end: None }));
        assert_eq!(range("..600"), Ok(Range { start: 0, end: Some(600) }));
        assert_eq!(range(".."), Ok(Range { start: 0, end: None }));
    }

    #[test]
    fn everything_else_says_what_is_wrong() {
        for bad in ["5..3", "5..5", "..0"] {
            assert!(range(bad).unwrap_err().contains("holds no frame"), "{bad}");
        }
        for bad in [
            "",
            "5",
            "a..b",
            "-1..5",
            "+1..5",
            "1...5",
            "1..=5",
            "1..5..9",
            "1 .. 5",
            "9e9..",
            "99999999999999999999..",
        ] {
            assert!(range(bad).unwrap_err().contains("A..B"), "{bad}");
        }
    }
}
