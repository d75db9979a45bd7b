//! Columns of numbers from Parquet files.

mod pages;

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use manifold::progress::Progress;
use parquet::basic::Type as Stored;
use parquet::errors::ParquetError;
use parquet::file::metadata::{FileMetaData, ParquetMetaData};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::{Field, Row};
use parquet::schema::types::Type;

use super::columns::{Header, is_called_index, is_nameless};
use super::text::{Decimal, counts_or_names};
use super::{Assumption, Choice, Column, Table, open, read_points};
use crate::cli::progress::LOAD;
use crate::cli::stop::Interrupted;

/// Rows between two reports.
const REPORT: usize = 10_000;
/// Bytes that a number takes while it is read: 64 bits, then 32.
const NUMBER: usize = 12;

pub(crate) fn read(path: &Path, choice: &Choice, progress: &dyn Progress) -> Result<Table> {
    // The library was not made for damaged files: where it panics, one is.
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    let read = catch_unwind(AssertUnwindSafe(|| table(path, choice, progress)));
    set_hook(hook);
    read.unwrap_or_else(|_| Err(damaged(path)))
}

fn damaged(path: &Path) -> anyhow::Error {
    anyhow!("{} is damaged: write it again", path.display())
}

fn unreadable(path: &Path, error: &ParquetError) -> anyhow::Error {
    match error {
        ParquetError::NYI(what) => {
            anyhow!(
                "{} cannot be read ({what}): write it with another compression, such as zstd",
                path.display()
            )
        }
        _ => damaged(path),
    }
}

fn table(path: &Path, choice: &Choice, progress: &dyn Progress) -> Result<Table> {
    let name = path.display();
    let file = open(path)?;
    let reader = SerializedFileReader::new(file.try_clone()?)
        .map_err(|_| anyhow!("{name} is not a Parquet file, or its end is missing: write it again"))?;
    let about = reader.metadata().file_metadata();
    let schema = about.schema();
    let mut header = header(about);
    let called_so: Vec<usize> =
        (0..header.names.len()).filter(|&at| is_called_index(&header.names[at])).collect();
    allow_pages(&file, reader.metadata(), &called_so, path, choice)?;
    header.index.extend(counters(&reader, &header, path, choice)?);
    let chosen = header.chosen(path, choice)?;
    let rows = claimed_rows(reader.metadata()).ok_or_else(|| damaged(path))?;
    ensure!(rows > 0, "{name} has no rows");
    choice.limit.allow_numbers(path, rows, chosen.numbers.len(), NUMBER)?;
    let mut wanted: Vec<usize> =
        chosen.numbers.iter().copied().chain(chosen.label).chain(chosen.id).collect();
    wanted.sort_unstable();
    wanted.dedup();
    allow_pages(&file, reader.metadata(), &wanted, path, choice)?;
    let fields = wanted.iter().map(|&at| Arc::clone(&schema.get_fields()[at])).collect();
    let projection = Type::group_type_builder(schema.name()).with_fields(fields).build()?;
    let place = |column: usize| wanted.binary_search(&column).unwrap_or_default();
    let (mut values, mut labels, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for (row, record) in
        reader.get_row_iter(Some(projection)).map_err(|error| unreadable(path, &error))?.enumerate()
    {
        if row % REPORT == 0 && progress.advance(LOAD, row, Some(rows)).is_break() {
            return Err(Interrupted.into());
        }
        let record = record.map_err(|error| unreadable(path, &error))?;
        for &column in &chosen.numbers {
            let field = field(&record, place(column));
            let at = || format!("{name}: row {row}, column {}", header.names[column]);
            values.push(number(field).with_context(at)?);
        }
        labels.extend(chosen.label.map(|column| text(field(&record, place(column)))));
        ids.extend(chosen.id.map(|column| text(field(&record, place(column)))));
    }
    ensure!(values.len() == rows * chosen.numbers.len(), damaged(path));
    let names: Vec<String> = chosen.numbers.iter().map(|&at| header.names[at].clone()).collect();
    let table = read_points(path, values, &names, choice, &|row| format!("row {row}"))?;
    let column = |at: Option<usize>, values| at.map(|at| Column { name: header.names[at].clone(), values });
    Ok(Table {
        labels: column(chosen.label, labels),
        ids: column(chosen.id, ids),
        columns: Some(names),
        notes: chosen.note.map(Assumption::Doubt).into_iter().collect(),
        ..table
    })
}

/// Refuses pages that claim to inflate to more than the limit, which the library reserves before it reads them.
fn allow_pages(
    file: &File,
    about: &ParquetMetaData,
    fields: &[usize],
    path: &Path,
    choice: &Choice,
) -> Result<()> {
    let claimed = pages::claimed(file, about, fields).ok_or_else(|| damaged(path))?;
    choice.limit.allow(path, claimed.into())
}

/// Columns that are called an index and are one by their values.
fn counters(
    reader: &SerializedFileReader<File>,
    header: &Header,
    path: &Path,
    choice: &Choice,
) -> Result<Vec<usize>> {
    let schema = reader.metadata().file_metadata().schema();
    let called_so = |at: &usize| {
        is_called_index(&header.names[*at])
            && !header.index.contains(at)
            && schema.get_fields()[*at].is_primitive()
            && choice.columns.is_empty()
    };
    let mut found = Vec::new();
    for at in (0..header.names.len()).filter(called_so) {
        choice.limit.allow_numbers(
            path,
            claimed_rows(reader.metadata()).unwrap_or(0),
            1,
            size_of::<String>(),
        )?;
        let field = vec![Arc::clone(&schema.get_fields()[at])];
        let only = Type::group_type_builder(schema.name()).with_fields(field).build()?;
        let rows = reader.get_row_iter(Some(only)).map_err(|error| unreadable(path, &error))?;
        let values = rows.map(|row| Ok(text(self::field(&row?, 0)))).collect::<Result<Vec<String>, _>>();
        let values = values.map_err(|error| unreadable(path, &error))?;
        if counts_or_names(values.iter().map(String::as_str), Decimal::Point) {
            found.push(at);
        }
    }
    Ok(found)
}

/// Number of rows, if all that is said of it agrees.
fn claimed_rows(about: &ParquetMetaData) -> Option<usize> {
    let rows = usize::try_from(about.file_metadata().num_rows()).ok()?;
    let mut sum = 0usize;
    for group in about.row_groups() {
        let own = usize::try_from(group.num_rows()).ok()?;
        let flat = |column: &&parquet::file::metadata::ColumnChunkMetaData| {
            column.column_descr().max_rep_level() == 0
        };
        if group.columns().iter().filter(flat).any(|column| column.num_values() != group.num_rows()) {
            return None;
        }
        sum = sum.checked_add(own)?;
    }
    (sum == rows).then_some(rows)
}

/// Columns that pandas made of an index name the rows, and so do those without a name unless they hold fractions.
fn header(about: &FileMetaData) -> Header {
    let fields = about.schema().get_fields();
    let names: Vec<String> = fields.iter().map(|field| field.name().to_owned()).collect();
    let of_pandas = index_of_pandas(about);
    let fractions = |at: usize| {
        fields[at].is_primitive() && matches!(fields[at].get_physical_type(), Stored::FLOAT | Stored::DOUBLE)
    };
    let is_index = |at: &usize| {
        let name = &names[*at];
        of_pandas.contains(name) || name.starts_with("__index_level_") || is_nameless(name) && !fractions(*at)
    };
    let index = (0..names.len()).filter(is_index).collect();
    Header { names, named: true, index, empty: Vec::new() }
}

/// What pandas writes besides the columns: which of them are an index.
fn index_of_pandas(about: &FileMetaData) -> Vec<String> {
    let entry = about.key_value_metadata().and_then(|all| all.iter().find(|entry| entry.key == "pandas"));
    let text = entry.and_then(|entry| entry.value.as_deref()).unwrap_or_default();
    let parsed: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let index = parsed["index_columns"].as_array().cloned().unwrap_or_default();
    index.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

fn field(record: &Row, at: usize) -> &Field {
    record.get_column_iter().nth(at).map_or(&Field::Null, |(_, field)| field)
}

fn text(field: &Field) -> String {
    match field {
        Field::Str(text) => text.clone(),
        Field::Null => String::new(),
        other => other.to_string(),
    }
}

fn number(field: &Field) -> Result<f64> {
    let whole = |exact: i128, float: f64| {
        ensure!(
            float as i128 == exact,
            "{exact} cannot be held by 64-bit floats: subtract the column's smallest value first"
        );
        Ok(float)
    };
    Ok(match *field {
        Field::Bool(x) => f64::from(u8::from(x)),
        Field::Byte(x) => x.into(),
        Field::Short(x) => x.into(),
        Field::Int(x) => x.into(),
        Field::Long(x) => whole(x.into(), x as f64)?,
        Field::UByte(x) => x.into(),
        Field::UShort(x) => x.into(),
        Field::UInt(x) => x.into(),
        Field::ULong(x) => whole(x.into(), x as f64)?,
        Field::Float16(x) => x.into(),
        Field::Float(x) => x.into(),
        Field::Double(x) => x,
        Field::Decimal(_) => field.to_string().parse()?,
        Field::Null => bail!("a value is missing: fill it in, leave the row out, or choose other --columns"),
        _ => bail!(
            "{field} is not a number: choose --columns of numbers, or name it with --label-column or --id-column"
        ),
    })
}
