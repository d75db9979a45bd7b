//! Labels of rows: classes by name or number, or values.

use std::path::Path;

use crate::cli::plot::Labels;
use anyhow::{Context as _, Result, ensure};

use super::{Limit, array, extension, strings, text};

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

/// Labels of `n` rows from a file: an .npy array of numbers or strings, or text with one label on each line (with or
/// without a name on top).
pub(crate) fn read_labels(path: &Path, n: usize, limit: Limit) -> Result<Vec<String>> {
    let labels = if extension(path).as_deref() == Some("npy") {
        array_of_labels(path, limit).context("--labels")?
    } else {
        let mut lines = text::read_lines(path, limit).context("--labels")?;
        if lines.len() == n + 1 {
            lines.remove(0);
        }
        lines
    };
    ensure!(
        labels.len() == n,
        "--labels {}: {} labels for {n} rows: one for each row is needed",
        path.display(),
        labels.len()
    );
    Ok(labels)
}

fn array_of_labels(path: &Path, limit: Limit) -> Result<Vec<String>> {
    let file = array::opened(path)?;
    if strings::are_strings(&file) {
        return strings::strings(path, file, limit).with_context(|| path.display().to_string());
    }
    let numbers = array::array(path, file, limit).with_context(|| path.display().to_string())?.into_f64();
    Ok(numbers.iter().map(f64::to_string).collect())
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
