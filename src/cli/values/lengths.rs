//! `40px`, `120mm`, `12cm`, `0.3m`: a length, as pixels or in the world.

/// Millimeters per unit, spelled in any case.
const UNITS: [(&str, f64); 3] = [("mm", 1.0), ("cm", 10.0), ("m", 1000.0)];

/// A length above zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Length {
    Pixels(f64),
    Millimeters(f64),
}

/// How deep the water is.
pub(crate) fn depth(text: &str) -> Result<Length, String> {
    length(text)
        .ok_or_else(|| "must be a number above 0 with its unit, such as 40px, 120mm or 0.3m".to_owned())
}

/// How wide a pixel is, in millimeters.
pub(crate) fn scale(text: &str) -> Result<f64, String> {
    match length(text) {
        Some(Length::Millimeters(millimeters)) => Ok(millimeters),
        _ => Err("must be the width of a pixel on the floor: a number above 0 with its unit, such as 0.8mm"
            .to_owned()),
    }
}

fn length(text: &str) -> Option<Length> {
    let (number, unit) = text.split_at(text.find(|c: char| !(c.is_ascii_digit() || c == '.'))?);
    let unit = unit.trim().to_ascii_lowercase();
    let number: f64 = number.parse().ok()?;
    let length = match UNITS.iter().find(|(name, _)| *name == unit) {
        Some((_, size)) => Length::Millimeters(number * size),
        None if unit == "px" => Length::Pixels(number),
        None => return None,
    };
    let (Length::Pixels(value) | Length::Millimeters(value)) = length;
    (value > 0.0 && value.is_finite()).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_and_what_a_ruler_shows() {
        assert_eq!(depth("40px"), Ok(Length::Pixels(40.0)));
        assert_eq!(depth("120 mm"), Ok(Length::Millimeters(120.0)));
        assert_eq!(depth("12CM"), Ok(Length::Millimeters(120.0)));
        assert_eq!(depth("0.5m"), Ok(Length::Millimeters(500.0)));
        assert_eq!(scale("0.8mm"), Ok(0.8));
        assert_eq!(scale("0.25cm"), Ok(2.5));
    }

    #[test]
    fn a_unit_and_a_length_are_needed() {
        let endless = format!("{}mm", "9".repeat(400));
        for bad in
            ["40", "", "px", "0px", "-40px", "-1mm", "4 feet", "1..5px", "0.0m", "nanpx", "é", &endless]
        {
            assert!(depth(bad).unwrap_err().contains("unit"), "{bad}");
            assert!(scale(bad).unwrap_err().contains("unit"), "{bad}");
        }
        assert!(scale("3px").unwrap_err().contains("0.8mm"), "a pixel is one pixel wide");
    }
}
