//! Whether the first line names the columns, from how it differs from the lines below.

use std::collections::HashSet;

use clap::ValueEnum;

use super::cell::{Decimal, Kind, kind, number};

/// What the user says of the first line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Header {
    /// Decide from its contents
    #[default]
    Auto,
    /// It names the columns
    Yes,
    /// It is data
    No,
}

/// What the first line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Names, all of them words.
    Words,
    /// Names by their shape, numbers among them.
    Names,
    /// A row, although it might be names.
    Row,
}

/// Fewer numbers may be evenly spaced by chance.
const SPACED: usize = 5;
/// From 0 on, fewer are as likely the numbers of the columns.
const COUNTED: usize = 3;
/// Share of the rows that may be spaced as the names are.
const SPACED_ALIKE: usize = 10;

/// Judges `first` by the `rows` below it.
pub(super) fn judged(first: &[String], rows: &[Vec<String>], decimal: Decimal) -> Verdict {
    let kinds: Vec<Kind> = first.iter().map(|field| kind(field, decimal)).collect();
    let is_number = |kind: &Kind| matches!(kind, Kind::Whole | Kind::Fraction);
    if !kinds.iter().any(is_number) {
        return if kinds.contains(&Kind::Word) { Verdict::Words } else { Verdict::Row };
    }
    let below = |column: usize| rows.iter().map(move |row| row.get(column).map_or("", String::as_str));
    let all = |column: usize, wanted: &dyn Fn(Kind) -> bool| {
        !rows.is_empty() && below(column).all(|field| wanted(kind(field, decimal)))
    };
    let letter = |column: usize| first[column].starts_with(|c: char| c.is_alphabetic() || c == '_');
    let word_above_numbers = (0..first.len()).any(|column| {
        kinds[column] == Kind::Word
            && letter(column)
            && all(column, &|kind| kind != Kind::Word)
            && !all(column, &|kind| kind == Kind::Missing)
    });
    let nothing_above_numbers_of_rows = first[0].is_empty() && is_index(below(0), decimal);
    // Where both stand in one column, a whole number is a fraction written shortly.
    let mixed = |column: usize| {
        let kinds: Vec<Kind> = below(column).map(|field| kind(field, decimal)).collect();
        kinds.contains(&Kind::Whole) && kinds.contains(&Kind::Fraction)
    };
    let names = word_above_numbers
        || nothing_above_numbers_of_rows
        || !(0..first.len()).any(mixed)
            && whole_above_fractions(first, &kinds, &|column| all(column, &|kind| kind == Kind::Fraction))
        || spaced_unlike(first, rows, decimal);
    if names { Verdict::Names } else { Verdict::Row }
}

/// Distinct whole numbers or words: what counts rows or names them, and measures nothing.
pub(super) fn is_index<'a>(fields: impl Iterator<Item = &'a str>, decimal: Decimal) -> bool {
    let mut seen = HashSet::new();
    let mut all = fields.peekable();
    all.peek().is_some()
        && all.all(|field| matches!(kind(field, decimal), Kind::Whole | Kind::Word) && seen.insert(field))
}

/// Whole numbers that rise from row to row, or distinct words: a measurement may be called an index too, and rises
/// along two rows as likely as not.
pub(in crate::cli::table) fn counts_or_names<'a>(
    fields: impl Iterator<Item = &'a str> + Clone,
    decimal: Decimal,
) -> bool {
    let whole =
        |field: &'a str| (kind(field, decimal) == Kind::Whole).then(|| number(field, decimal)).flatten();
    let numbers: Option<Vec<f64>> = fields.clone().map(whole).collect();
    match numbers {
        Some(numbers) => numbers.len() > 2 && numbers.windows(2).all(|pair| pair[0] < pair[1]),
        None => fields.clone().all(|field| kind(field, decimal) == Kind::Word) && is_index(fields, decimal),
    }
}

/// Different whole numbers, and below one of them only fractions.
fn whole_above_fractions(first: &[String], kinds: &[Kind], fractions: &dyn Fn(usize) -> bool) -> bool {
    let mut seen = HashSet::new();
    let distinct = first.iter().zip(kinds).all(|(field, kind)| match kind {
        Kind::Whole => seen.insert(field.as_str()),
        Kind::Fraction => false,
        Kind::Word | Kind::Missing => true,
    });
    distinct && (0..first.len()).any(|column| kinds[column] == Kind::Whole && fractions(column))
}

/// Numbers at equal steps (0..n-1, years, wavelengths), and rows that do not step so.
fn spaced_unlike(first: &[String], rows: &[Vec<String>], decimal: Decimal) -> bool {
    let Some(step) = step(first, decimal).filter(|step| *step != 0.0) else { return false };
    let all: Vec<f64> = first.iter().filter_map(|field| number(field, decimal)).collect();
    let (numbers, counted) = (all.len(), step == 1.0 && all[0] == 0.0 && all.len() >= COUNTED);
    let alike = rows.iter().filter(|row| self::step(row, decimal) == Some(step)).count();
    (counted || numbers >= SPACED) && !rows.is_empty() && SPACED_ALIKE * alike <= rows.len()
}

/// The step between numbers that are evenly spaced, words left out.
fn step(fields: &[String], decimal: Decimal) -> Option<f64> {
    let numbers: Vec<f64> = fields.iter().filter_map(|field| number(field, decimal)).collect();
    let step = numbers.get(1)? - numbers[0];
    let even = |pair: &[f64]| (pair[1] - pair[0] - step).abs() <= 1e-9 * step.abs().max(pair[1].abs());
    numbers.windows(2).all(even).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(lines: &str) -> Verdict {
        let mut rows: Vec<Vec<String>> =
            lines.split('/').map(|line| line.split(',').map(str::to_owned).collect()).collect();
        let first = rows.remove(0);
        judged(&first, &rows, Decimal::Point)
    }

    #[test]
    fn names_are_known_by_their_shape() {
        for names in [
            "0,1,2/0.5,-1.5,2.5/1.5,0.25,3.0",
            "2018,2019/0.5,1.0/0.25,2.0",
            "0.0,1.0,2.0/0.5,-1.5,2.5/1.5,0.25,3.0",
            "0/0.5/0.25",
            "0,1,2,kind/0.5,1.5,2.5,a/0.5,1.5,2.5,b",
            "0,1,2/4,4,7/9,1,1/0,0,3",
            "10,20,30,40,50/4,4,7,1,0/9,1,1,3,5",
            "400.5,401.0,401.5,402.0,402.5/0.1,0.7,0.2,0.1,0.4/0.3,0.1,0.1,0.1,0.9",
            ",0,1/0,3,5/1,4,4",
            "id,2018,2019/7,3,5/9,4,4",
            "0,1,count/0.5,1.5,3/0.25,1.0,7",
        ] {
            assert_eq!(verdict(names), Verdict::Names, "{names}");
        }
        assert_eq!(verdict("a,b/1,2/3,4"), Verdict::Words);
        assert_eq!(verdict(",a,b/0,2,3"), Verdict::Words);
    }

    #[test]
    fn rows_are_rows() {
        for row in [
            "0.126,-0.132/0.362,1.304",
            "5.1,3.5,setosa/4.9,3.0,setosa",
            // Counted on from line to line, as numpy.arange.
            "0,1,2,3/4,5,6,7/8,9,10,11",
            // Edges of a graph, and marks.
            "0,1/0,2/1,2",
            "5,3,4/1,2,2/5,5,1",
            // Written with as few digits as needed.
            "10,20/10.5,20.25/11,3.5",
            "7,7/0.5,1.5",
            "NA,1.5/0.5,1.5",
            "1.2.3,1.5,2.5/0.5,1.5,3.0",
            "nan,nan/0.5,1.5",
            "1,2,3",
        ] {
            assert_eq!(verdict(row), Verdict::Row, "{row}");
        }
    }
}
