//! Times in words.

/// "about 40 s", "about 3 min", "about 2.5 h".
pub(crate) fn about(seconds: f64) -> String {
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
    fn a_length_is_told_as_people_do() {
        assert_eq!(
            [0.2, 89.0, 200.0, 9000.0].map(about),
            ["about 1 s", "about 89 s", "about 3 min", "about 2.5 h"]
        );
    }
}
