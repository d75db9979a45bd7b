//! Names in natural order: frame2 before frame10.

use std::cmp::Ordering;
use std::path::Path;

/// Compares by path components, runs of digits by their value.
#[must_use]
pub fn compare_paths(a: &Path, b: &Path) -> Ordering {
    let mut right = b.components();
    for left in a.components() {
        let Some(right) = right.next() else { return Ordering::Greater };
        let left = left.as_os_str().to_string_lossy();
        let right = right.as_os_str().to_string_lossy();
        let order = compare(&left, &right);
        if order != Ordering::Equal {
            return order;
        }
    }
    // Names of one value ("a1", "a01") still need a fixed order.
    if right.next().is_some() { Ordering::Less } else { a.cmp(b) }
}

fn compare(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (run_a, rest_a) = first_run(a);
        let (run_b, rest_b) = first_run(b);
        let order = match (is_number(run_a), is_number(run_b)) {
            (true, true) => by_value(run_a, run_b),
            _ => run_a.cmp(run_b),
        };
        if order != Ordering::Equal || run_a.is_empty() {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

/// The leading run of digits or of anything else, and what follows it.
fn first_run(text: &str) -> (&str, &str) {
    let digits = is_number(text);
    let end = text.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(text.len());
    text.split_at(end)
}

fn is_number(run: &str) -> bool {
    run.starts_with(|c: char| c.is_ascii_digit())
}

/// Of any length: more digits after the leading zeros mean a larger number.
fn by_value(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn sorted(names: &[&str]) -> Vec<String> {
        let mut paths: Vec<PathBuf> = names.iter().map(PathBuf::from).collect();
        paths.sort_by(|a, b| compare_paths(a, b));
        paths.iter().map(|p| p.display().to_string()).collect()
    }

    #[test]
    fn numbers_count() {
        let names = ["f/frame10.png", "f/frame2.png", "f/frame1.png", "e/frame99.png"];
        let wanted = ["e/frame99.png", "f/frame1.png", "f/frame2.png", "f/frame10.png"];
        assert_eq!(sorted(&names), wanted);
        let names = ["a1b10", "a1b9", "a01b8", "a", "10", "9", "99999999999999999999999", "x"];
        let wanted = ["9", "10", "99999999999999999999999", "a", "a01b8", "a1b9", "a1b10", "x"];
        assert_eq!(sorted(&names), wanted);
    }
}
