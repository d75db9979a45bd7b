//! Times in a clip.

/// Seconds: `2`, `2s`, `500ms`, `1.5min`, or minutes and seconds, `1:30`.
pub(crate) fn seconds(text: &str) -> Result<f64, String> {
    let wrong = || "must be a time, as in 2s, 500ms, 1.5min or 1:30".to_owned();
    let units = [("ms", 1e-3), ("min", 60.0), ("s", 1.0)];
    let number = |text: &str| match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 && !text.starts_with('+') => Ok(value),
        _ => Err(wrong()),
    };
    if let Some((minutes, seconds)) = text.split_once(':') {
        let minutes: u32 = minutes.parse().map_err(|_| wrong())?;
        return Ok(f64::from(minutes) * 60.0 + number(seconds)?);
    }
    match units.iter().find_map(|(unit, scale)| Some((text.strip_suffix(unit)?, scale))) {
        Some((value, scale)) => Ok(number(value)? * scale),
        None => number(text),
    }
}

/// The same, but not zero.
pub(crate) fn some_seconds(text: &str) -> Result<f64, String> {
    match seconds(text)? {
        0.0 => Err("must be longer than 0".to_owned()),
        seconds => Ok(seconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_write_them() {
        for (text, wanted) in [
            ("2", 2.0),
            ("2s", 2.0),
            ("0", 0.0),
            ("500ms", 0.5),
            ("1.5min", 90.0),
            ("1:30", 90.0),
            ("0:02.5", 2.5),
        ] {
            assert_eq!(seconds(text), Ok(wanted), "{text}");
        }
        for wrong in ["", "s", "-1", "-1s", "1:x", "x:1", "inf", "nan", "2h", "1:2:3"] {
            assert!(seconds(wrong).unwrap_err().contains("1:30"), "{wrong}");
        }
        assert!(some_seconds("0s").unwrap_err().contains("longer"));
        assert_eq!(some_seconds("40ms"), Ok(0.04));
    }
}
