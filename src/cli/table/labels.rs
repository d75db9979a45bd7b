//! Labels of rows: classes by name or number, or values.

use std::path::Path;

use crate::cli::plot::Labels;
use anyhow::{Context as _, Result, ensure};

use super::{array, csv, extension};

/// More different whole numbers than this are values, not classes.
const MOST_CLASSES: usize = 20;

/// Few whole numbers, or names, are classes; other numbers are values.
pub(crate) fn labels(texts: &[String]) -> Labels {
    let numbers: Option<Vec<f64>> = texts.iter().map(|text| text.parse().ok()).collect();
    match numbers {
        Some(numbers) => of_numbers(numbers),
        None => {
            let mut names = texts.to_vec();
            names.sort();
            names.dedup();
            let of = texts.iter().map(|text| names.binary_search(text).unwrap_or(0)).collect();
            Labels::Classes { names, of }
        }
    }
}

fn of_numbers(numbers: Vec<f64>) -> Labels {
    let mut different: Vec<f64> = numbers.clone();
    different.sort_by(f64::total_cmp);
    different.dedup();
    let whole = different.iter().all(|x| x.fract() == 0.0);
    if !whole || different.len() > MOST_CLASSES {
        return Labels::Values(numbers);
    }
    let class = |x: &f64| different.binary_search_by(|y| y.total_cmp(x)).unwrap_or(0);
    let of = numbers.iter().map(class).collect();
    Labels::Classes { names: different.iter().map(|x| format!("{x}")).collect(), of }
}

/// Labels of `n` rows from a file: an .npy array, or text with one label on each line (with or
/// without a name on top).
pub(crate) fn read_labels(path: &Path, n: usize) -> Result<Labels> {
    let (labels, given) = if extension(path).as_deref() == Some("npy") {
        let numbers = array::array_npy(path).context("--labels")?.into_f64();
        let given = numbers.len();
        (of_numbers(numbers), given)
    } else {
        let mut lines = csv::read_lines(path).context("--labels")?;
        if lines.len() == n + 1 {
            lines.remove(0);
        }
        (labels(&lines), lines.len())
    };
    ensure!(
        given == n,
        "--labels {}: {given} labels for {n} rows: one for each row is needed",
        path.display()
    );
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_and_names_are_classes() {
        let texts = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let found = labels(&texts(&["7", "3", "7"]));
        assert_eq!(found, Labels::Classes { names: texts(&["3", "7"]), of: vec![1, 0, 1] });
        let found = labels(&texts(&["cat", "ant", "cat"]));
        assert_eq!(found, Labels::Classes { names: texts(&["ant", "cat"]), of: vec![1, 0, 1] });
        assert_eq!(labels(&texts(&["0.5", "2"])), Labels::Values(vec![0.5, 2.0]));
        let many: Vec<String> = (0..30).map(|i| i.to_string()).collect();
        assert!(matches!(labels(&many), Labels::Values(_)));
    }
}
