//! Columns of numbers from Parquet files.

use std::path::Path;

use anyhow::{Context as _, Result};
use manifold::progress::Progress;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;

use super::{Choice, Table, chosen_columns, open, points_from_f64};
use crate::cli::progress::LOAD;
use crate::cli::stop::Interrupted;

/// Rows between two reports.
const REPORT: usize = 10_000;

pub(crate) fn read(path: &Path, choice: &Choice, progress: &dyn Progress) -> Result<Table> {
    let name = path.display();
    let reader =
        SerializedFileReader::new(open(path)?).with_context(|| format!("{name} is not a Parquet file"))?;
    let schema = reader.metadata().file_metadata().schema();
    let header: Vec<String> = schema.get_fields().iter().map(|field| field.name().to_owned()).collect();
    let rows = reader.metadata().file_metadata().num_rows() as usize;
    let (columns, label) = chosen_columns(path, &header, choice)?;
    let (mut values, mut labels) = (Vec::with_capacity(rows * columns.len()), Vec::new());
    for (row, record) in reader.get_row_iter(None).with_context(|| name.to_string())?.enumerate() {
        if row % REPORT == 0 && progress.advance(LOAD, row, Some(rows)).is_break() {
            return Err(Interrupted.into());
        }
        let record = record.with_context(|| format!("{name}: row {row}"))?;
        let fields: Vec<(&String, &Field)> = record.get_column_iter().collect();
        for &column in &columns {
            let (column_name, field) = fields[column];
            values.push(number(field).with_context(|| {
                format!(
                    "{name}: row {row}, column {column_name} is {field}, not a number: choose --columns of numbers, \
                     or name it with --label-column"
                )
            })?);
        }
        labels.extend(label.map(|column| text(fields[column].1)));
    }
    let points = points_from_f64(path, &values, columns.len())?;
    Ok(Table { points, size: None, pictures: Vec::new(), labels: label.map(|_| labels) })
}

fn text(field: &Field) -> String {
    match field {
        Field::Str(text) => text.clone(),
        other => other.to_string(),
    }
}

fn number(field: &Field) -> Option<f64> {
    Some(match *field {
        Field::Bool(x) => f64::from(u8::from(x)),
        Field::Byte(x) => x.into(),
        Field::Short(x) => x.into(),
        Field::Int(x) => x.into(),
        Field::Long(x) => x as f64,
        Field::UByte(x) => x.into(),
        Field::UShort(x) => x.into(),
        Field::UInt(x) => x.into(),
        Field::ULong(x) => x as f64,
        Field::Float16(x) => x.into(),
        Field::Float(x) => x.into(),
        Field::Double(x) => x,
        _ => return None,
    })
}
