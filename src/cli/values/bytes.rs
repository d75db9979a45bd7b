//! `4GiB`, `512 MiB`, `1.5GB`: an amount of memory.

/// Bytes per unit, spelled in any case.
const UNITS: [(&str, u64); 9] = [
    ("b", 1),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("tb", 1_000_000_000_000),
];

pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    const FORM: &str = "must be a number above 0 with its unit, such as 512MiB, 4GiB or 4GB";
    let split = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).ok_or(FORM)?;
    let (number, unit) = text.split_at(split);
    let unit = unit.trim().to_ascii_lowercase();
    let (_, size) = UNITS.iter().find(|(name, _)| *name == unit).ok_or(FORM)?;
    let number: f64 = number.parse().map_err(|_| FORM)?;
    let bytes = number * *size as f64;
    if bytes >= 1.0 && bytes < u64::MAX as f64 { Ok(bytes as u64) } else { Err(FORM.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_and_decimal_units() {
        assert_eq!(bytes("4GiB"), Ok(4 << 30));
        assert_eq!(bytes("512 mib"), Ok(512 << 20));
        assert_eq!(bytes("64KiB"), Ok(64 << 10));
        assert_eq!(bytes("1.5GB"), Ok(1_500_000_000));
        assert_eq!(bytes("250MB"), Ok(250_000_000));
        assert_eq!(bytes("4096B"), Ok(4096));
    }

    #[test]
    fn a_unit_and_an_amount_are_needed() {
        for bad in
            ["4", "", "GiB", "0GiB", "-1GiB", "4 apples", "1..5GiB", "4GiBs", "99999999TiB", "0.1B", "é"]
        {
            assert!(bytes(bad).unwrap_err().contains("unit"), "{bad}");
        }
    }
}
