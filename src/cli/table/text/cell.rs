//! One field of a text table: a number, a word, or nothing.

use clap::ValueEnum;

/// The sign between a number's whole part and its fraction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Decimal {
    #[default]
    Point,
    Comma,
}

impl ValueEnum for Decimal {
    fn value_variants<'a>() -> &'a [Decimal] {
        &[Decimal::Point, Decimal::Comma]
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(match self {
            Decimal::Point => ".",
            Decimal::Comma => ",",
        }))
    }
}

/// What stands for a value that is not known, in small letters.
const MISSING: [&str; 9] = ["", "na", "n/a", "nan", "null", "none", "?", "-", "missing"];
/// Whole numbers beyond this one are not all 64-bit floats.
const LARGEST_WHOLE: f64 = (1u64 << 53) as f64;

/// What a field looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Missing,
    /// A number written without a fraction.
    Whole,
    /// A number with one, or an exponent.
    Fraction,
    Word,
}

pub(super) fn kind(field: &str, decimal: Decimal) -> Kind {
    if is_missing(field) {
        Kind::Missing
    } else if number(field, decimal).is_none() {
        Kind::Word
    } else if whole(field).is_some() {
        Kind::Whole
    } else {
        Kind::Fraction
    }
}

pub(super) fn is_missing(field: &str) -> bool {
    MISSING.iter().any(|missing| field.trim().eq_ignore_ascii_case(missing))
}

/// Also `nan` and `inf`, which are refused by their place later.
pub(super) fn number(field: &str, decimal: Decimal) -> Option<f64> {
    let field = field.trim();
    match decimal {
        Decimal::Point => field.parse().ok(),
        // A point would be one between thousands.
        Decimal::Comma if field.contains('.') => None,
        Decimal::Comma => field.replacen(',', ".", 1).parse().ok(),
    }
}

pub(super) fn whole(field: &str) -> Option<i128> {
    field.trim().parse().ok()
}

/// A whole number that a 64-bit float would change.
pub(super) fn is_beyond_64_bits(field: &str, value: f64) -> bool {
    value.abs() >= LARGEST_WHOLE && whole(field).is_some_and(|whole| whole != value as i128)
}

/// Whether the field would be a number, or several, with a decimal comma.
pub(super) fn has_decimal_comma(field: &str) -> bool {
    let is_number = |part: &str| part.contains(',') && number(part, Decimal::Comma).is_some();
    !field.trim().is_empty() && field.split_whitespace().all(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_numbers_words_or_nothing() {
        let kinds = |decimal, fields: &[&str]| fields.iter().map(|f| kind(f, decimal)).collect::<Vec<_>>();
        assert_eq!(kinds(Decimal::Point, &["3", "-3", "+3"]), [Kind::Whole; 3]);
        assert_eq!(kinds(Decimal::Point, &["3.0", "1e3", ".5"]), [Kind::Fraction; 3]);
        assert_eq!(kinds(Decimal::Point, &["", "NaN", "NA", "?"]), [Kind::Missing; 4]);
        assert_eq!(kinds(Decimal::Point, &["x", "0,5", "1.2.3"]), [Kind::Word; 3]);
        assert_eq!(kinds(Decimal::Comma, &["0,5", "1.234", "3"]), [Kind::Fraction, Kind::Word, Kind::Whole]);
        assert_eq!(number("-0,132", Decimal::Comma), Some(-0.132));
    }

    #[test]
    fn decimal_commas_are_known_by_their_look() {
        assert!(has_decimal_comma("0,126") && has_decimal_comma("0,126 -0,132"));
        assert!(!has_decimal_comma("0.126") && !has_decimal_comma("a,b") && !has_decimal_comma(""));
    }

    #[test]
    fn whole_numbers_that_floats_change_are_known() {
        let changed = |text: &str| is_beyond_64_bits(text, number(text, Decimal::Point).unwrap());
        assert!(changed("9007199254740993") && changed("-9007199254740993"));
        assert!(!changed("9007199254740992") && !changed("9007199254740994") && !changed("500000000000007"));
    }
}
