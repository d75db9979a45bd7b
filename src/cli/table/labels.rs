//! Labels of rows: classes by name or number, or values.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::{array, csv, extension};

/// More different whole numbers than this are values, not classes.
const MOST_CLASSES: usize = 20;

/// What each row is.
#[derive(Clone, Debug, PartialEq)]
pub enum Marks {
    /// Names in order, and the class of each row.
    Classes { names: Vec<String>, of: Vec<usize> },
    Values(Vec<f64>),
}

impl Marks {
    /// Few names or whole numbers are classes, other numbers are values.
    pub fn from_texts(texts: &[String]) -> Marks {
        let numbers: Option<Vec<f64>> = texts.iter().map(|text| text.parse().ok()).collect();
        match numbers {
            Some(numbers) => Marks::from_numbers(numbers),
            None => {
                let mut names = texts.to_vec();
                names.sort();
                names.dedup();
                let of = texts.iter().map(|text| names.binary_search(text).unwrap_or(0)).collect();
                Marks::Classes { names, of }
            }
        }
    }

    fn from_numbers(numbers: Vec<f64>) -> Marks {
        let mut different: Vec<f64> = numbers.clone();
        different.sort_by(f64::total_cmp);
        different.dedup();
        let whole = different.iter().all(|x| x.fract() == 0.0);
        if !whole || different.len() > MOST_CLASSES {
            return Marks::Values(numbers);
        }
        let class = |x: &f64| different.binary_search_by(|y| y.total_cmp(x)).unwrap_or(0);
        let of = numbers.iter().map(class).collect();
        Marks::Classes { names: different.iter().map(|x| format!("{x}")).collect(), of }
    }

    /// Number of rows.
    pub fn n(&self) -> usize {
        match self {
            Marks::Classes { of, .. } => of.len(),
            Marks::Values(values) => values.len(),
        }
    }

    /// The class of each row, if they have classes.
    pub fn classes(&self) -> Option<&[usize]> {
        match self {
            Marks::Classes { of, .. } => Some(of),
            Marks::Values(_) => None,
        }
    }
}

/// Labels of `n` rows from a file: an .npy array, or text with one label on each line (with or
/// without a name on top).
pub fn read_marks(path: &Path, n: usize) -> Result<Marks> {
    let marks = if extension(path).as_deref() == Some("npy") {
        let array = array::array_npy(path).context("--labels")?;
        Marks::from_numbers(array.into_f64())
    } else {
        let mut lines = csv::read_lines(path).context("--labels")?;
        if lines.len() == n + 1 {
            lines.remove(0);
        }
        Marks::from_texts(&lines)
    };
    ensure!(
        marks.n() == n,
        "--labels {}: {} labels for {n} rows: one for each row is needed",
        path.display(),
        marks.n()
    );
    Ok(marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_and_names_are_classes() {
        let texts = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let marks = Marks::from_texts(&texts(&["7", "3", "7"]));
        assert_eq!(marks, Marks::Classes { names: texts(&["3", "7"]), of: vec![1, 0, 1] });
        let marks = Marks::from_texts(&texts(&["cat", "ant", "cat"]));
        assert_eq!(marks.classes(), Some(&[1, 0, 1][..]));
        assert_eq!(Marks::from_texts(&texts(&["0.5", "2"])), Marks::Values(vec![0.5, 2.0]));
        let many: Vec<String> = (0..30).map(|i| i.to_string()).collect();
        assert_eq!(Marks::from_texts(&many).classes(), None);
    }
}
