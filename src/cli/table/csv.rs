//! Comma- or tab-separated values, with or without a line of names.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use csv::{ReaderBuilder, StringRecord};

use super::{Choice, Table, chosen_columns, extension, open, points_from_f64};

/// Separators that are looked for in the first line, the most frequent wins.
const SEPARATORS: [u8; 3] = [b',', b'\t', b';'];

pub(crate) fn read(path: &Path, choice: &Choice) -> Result<Table> {
    let (first, rows) = records(path)?;
    // A line of names is one in which nothing is a number.
    let named = first.iter().all(|field| number(field).is_none());
    let header: Vec<String> = if named {
        first.iter().map(|field| field.trim().to_owned()).collect()
    } else {
        (0..first.len()).map(|at| at.to_string()).collect()
    };
    let (columns, label) = chosen_columns(path, &header, choice)?;
    let (mut values, mut labels) = (Vec::new(), Vec::new());
    let skipped = (!named).then_some(first);
    for (row, record) in skipped.into_iter().chain(rows).enumerate() {
        for &column in &columns {
            let field = record.get(column).unwrap_or_default();
            values.push(number(field).with_context(|| not_a_number(path, row, &header[column], field))?);
        }
        labels.extend(label.map(|column| record.get(column).unwrap_or_default().trim().to_owned()));
    }
    let points = points_from_f64(path, &values, columns.len())?;
    Ok(Table { points, size: None, pictures: Vec::new(), labels: label.map(|_| labels) })
}

/// All fields of a file of one column, for labels.
pub(crate) fn read_lines(path: &Path) -> Result<Vec<String>> {
    let (first, rows) = records(path)?;
    ensure!(
        first.len() == 1,
        "{} has {} columns; labels must be one column with a line for each row of data",
        path.display(),
        first.len()
    );
    let field = |record: StringRecord| record.get(0).unwrap_or_default().trim().to_owned();
    Ok([first].into_iter().chain(rows).map(field).collect())
}

/// The first record and the others, all of the same length.
fn records(path: &Path) -> Result<(StringRecord, Vec<StringRecord>)> {
    let name = path.display();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut open(path)?, &mut text)
        .with_context(|| format!("{name} is not text in UTF-8"))?;
    let first_line = text.lines().next().unwrap_or_default();
    let count = |separator: &u8| first_line.bytes().filter(|byte| byte == separator).count();
    let separator = match extension(path).as_deref() {
        Some("tsv") => b'\t',
        _ => SEPARATORS.into_iter().rev().max_by_key(count).unwrap_or(b','),
    };
    let mut reader =
        ReaderBuilder::new().delimiter(separator).has_headers(false).from_reader(text.as_bytes());
    let mut rows = reader.records().map(|record| record.with_context(|| name.to_string()));
    let Some(first) = rows.next() else { bail!("{name} is empty") };
    Ok((first?, rows.collect::<Result<_>>()?))
}

/// Also `nan` and `inf`: points name the row of what is no finite number.
fn number(field: &str) -> Option<f64> {
    field.trim().parse().ok()
}

fn not_a_number(path: &Path, row: usize, column: &str, field: &str) -> String {
    let what = if field.trim().is_empty() { "is empty".to_owned() } else { format!("is '{}'", field.trim()) };
    format!(
        "{}: row {row}, column {column} {what}, not a number: choose --columns of numbers, or name it with \
         --label-column",
        path.display()
    )
}
