//! Which columns of a table are coordinates, which are labels, and which only number or name the rows.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use super::Choice;

/// The columns of a file, and which of them are an index.
pub(super) struct Header {
    pub(super) names: Vec<String>,
    /// Whether the names are the file's own.
    pub(super) named: bool,
    /// Columns that number or name the rows.
    pub(super) index: Vec<usize>,
    /// Columns without a name and without a value.
    pub(super) empty: Vec<usize>,
}

/// The columns that are wanted, as indices.
pub(super) struct Chosen {
    pub(super) numbers: Vec<usize>,
    pub(super) label: Option<usize>,
    pub(super) id: Option<usize>,
    /// What was left out without having been asked for.
    pub(super) note: Option<String>,
}

/// Whether a column has no name, or the one that pandas gives to such.
pub(super) fn is_nameless(name: &str) -> bool {
    name.is_empty() || name.starts_with("Unnamed: ")
}

/// Whether a column is called what columns of row numbers are called.
pub(super) fn is_called_index(name: &str) -> bool {
    ["id", "index"].iter().any(|usual| name.trim().eq_ignore_ascii_case(usual))
}

/// What an axis of an embedding is called where it is a column, from 1.
pub(crate) fn axis_name(axis: usize) -> String {
    format!("dim{axis}")
}

impl Header {
    pub(super) fn chosen(&self, path: &Path, choice: &Choice) -> Result<Chosen> {
        let find = |name: &String, option: &str| self.find(path, name, option);
        let label = choice.label_column.as_ref().map(|name| find(name, "--label-column")).transpose()?;
        let id = choice.id_column.as_ref().map(|name| find(name, "--id-column")).transpose()?;
        let all = 0..self.names.len();
        let mut listed: Vec<usize> =
            choice.columns.iter().map(|name| find(name, "--columns")).collect::<Result<_>>()?;
        if choice.coordinates {
            listed.extend((1..).map_while(|axis| self.place(&axis_name(axis))));
        }
        let other = |at: &usize| Some(*at) != label && Some(*at) != id;
        let left_out: Vec<usize> = match listed.is_empty() {
            true => all.clone().filter(|at| other(at) && self.index.contains(at)).collect(),
            false => Vec::new(),
        };
        let numbers = match listed.is_empty() {
            true => {
                all.filter(|at| other(at) && !left_out.contains(at) && !self.empty.contains(at)).collect()
            }
            false => listed,
        };
        for (at, column) in numbers.iter().enumerate() {
            ensure!(
                !numbers[..at].contains(column),
                "--columns: {} of {} is named twice: name it once",
                self.names[*column],
                path.display()
            );
        }
        ensure!(!numbers.is_empty(), "{}: no column of numbers remains", path.display());
        let index = self.index.iter().copied().find(|at| other(at) && !numbers.contains(at));
        let note = (!left_out.is_empty()).then(|| self.told(path, &left_out));
        Ok(Chosen { numbers, label, id: id.or(index), note })
    }

    fn find(&self, path: &Path, name: &String, option: &str) -> Result<usize> {
        let by_name = self.place(name);
        let by_number = || name.parse().ok().filter(|&at: &usize| at < self.names.len());
        by_name.or_else(by_number).with_context(|| {
            format!("{option} {name}: {} has the columns {}", path.display(), few(&self.names))
        })
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|column| column == name)
    }

    fn told(&self, path: &Path, left_out: &[usize]) -> String {
        let each = |&at: &usize| match self.names[at].as_str() {
            "" => format!("column {at}, which has no name,"),
            name => format!("column {name}"),
        };
        let all: Vec<String> = left_out.iter().map(each).collect();
        format!(
            "{}: {} numbers the rows, so it is not used as a coordinate; use --columns to include it",
            path.display(),
            all.join(" and ")
        )
    }
}

/// The places in `given` of the columns that are `wanted`, by name.
///
/// # Errors
/// If one is missing, or there is one more.
pub(crate) fn matched(wanted: &[String], given: &[String]) -> Result<Vec<usize>> {
    if wanted == given {
        return Ok((0..given.len()).collect());
    }
    let lacking = |names: &[String], among: &[String]| -> Vec<String> {
        names.iter().filter(|name| !among.contains(name)).cloned().collect()
    };
    let (missing, unknown) = (lacking(wanted, given), lacking(given, wanted));
    let told = |names: &[String], what: &str| match names {
        [] => None,
        [one] => Some(format!("column {one} is {what}")),
        _ => Some(format!("columns {} are {what}", few(names))),
    };
    let parts: Vec<String> =
        [told(&missing, "missing"), told(&unknown, "unknown")].into_iter().flatten().collect();
    if !parts.is_empty() {
        bail!("{}: choose the columns {} with --columns", parts.join(", "), few(wanted));
    }
    ensure!(given.len() == wanted.len(), "two columns share a name: rename one");
    let place = |name: &String| given.iter().position(|other| other == name);
    let places: Option<Vec<usize>> = wanted.iter().map(place).collect();
    let places = places.unwrap_or_default();
    let mut sorted = places.clone();
    sorted.sort_unstable();
    sorted.dedup();
    ensure!(sorted.len() == given.len(), "two columns share a name: rename one");
    Ok(places)
}

/// The first names of a list, as a sentence has room for.
pub(super) fn few(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN { format!("{shown} and {} more", names.len() - SHOWN) } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(words: &str) -> Vec<String> {
        words.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn columns_are_matched_by_name() {
        assert_eq!(matched(&names("a,b,c"), &names("c,a,b")).unwrap(), [1, 2, 0]);
        assert_eq!(matched(&names("a,a"), &names("a,a")).unwrap(), [0, 1]);
        let refused = |given: &str| matched(&names("a,b,c"), &names(given)).unwrap_err().to_string();
        assert!(refused("a,b").contains("column c is missing"));
        assert!(refused("a,b,x,y,c").contains("columns x, y are unknown: choose the columns a, b, c"));
        assert!(refused("a,b,d").contains("column c is missing, column d is unknown"));
        assert!(refused("a,b,c,c").contains("two columns share a name"));
    }

    #[test]
    fn an_index_is_no_coordinate_unless_it_is_chosen() {
        let header = Header { names: names(",a,b"), named: true, index: vec![0], empty: Vec::new() };
        let path = Path::new("t.csv");
        let chosen = header.chosen(path, &Choice::default()).unwrap();
        assert_eq!((chosen.numbers, chosen.id), (vec![1, 2], Some(0)));
        assert!(chosen.note.unwrap().starts_with("t.csv: column 0, which has no name, numbers the rows"));
        let all = Choice { columns: names("0,a,b"), ..Choice::default() };
        let chosen = header.chosen(path, &all).unwrap();
        assert_eq!((chosen.numbers, chosen.id, chosen.note), (vec![0, 1, 2], None, None));
    }
}
