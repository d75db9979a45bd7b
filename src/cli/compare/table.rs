//! The measurements as text and as comma-separated values.

use crate::cli::report::comparison::{Compared, MEASUREMENTS, shown};
use anyhow::Result;

/// What marks the best value of a column.
const BEST: char = '*';

/// A row for each picture under two lines of headings.
pub(crate) fn text(pictures: &[Compared]) -> String {
    let measurements = shown(pictures);
    let names = std::iter::once("image".to_owned()).chain(measurements.iter().map(|f| f.name.to_owned()));
    let units = std::iter::once(String::new()).chain(measurements.iter().map(|f| f.unit.to_owned()));
    let mut rows: Vec<Vec<String>> = vec![names.collect(), units.collect()];
    let best: Vec<_> = measurements.iter().map(|measurement| measurement.best(pictures)).collect();
    for one in pictures {
        let mut row = vec![one.name.clone()];
        if one.failed.is_some() {
            row.push("no still".to_owned());
        } else {
            row.extend(measurements.iter().zip(&best).map(|(measurement, best)| {
                let mark = if *best == Some(one.method.as_str()) { BEST } else { ' ' };
                format!("{}{mark}", measurement.text(one).unwrap_or_else(|| "-".to_owned()))
            }));
        }
        rows.push(row);
    }
    // Room for the mark behind every value.
    for heading in rows[..2].iter_mut().flat_map(|row| row.iter_mut().skip(1)) {
        heading.push(' ');
    }
    let columns = measurements.len() + 1;
    let wide = |row: &Vec<String>, column: usize| row.get(column).map_or(0, |cell| cell.chars().count());
    let full = rows.iter().filter(|row| row.len() == columns);
    let widths: Vec<usize> =
        (0..columns).map(|column| full.clone().map(|row| wide(row, column)).max().unwrap_or(0)).collect();
    let first = rows.iter().map(|row| wide(row, 0)).max().unwrap_or(0);
    let mut text = String::new();
    for row in &rows {
        let mut line = format!("{:first$}", row[0]);
        for (column, cell) in row.iter().enumerate().skip(1) {
            line += &format!(" {cell:>width$}", width = widths[column] + 1);
        }
        text += line.trim_end();
        text.push('\n');
    }
    if best.iter().any(Option::is_some) {
        text += &format!("{BEST} the best by this measurement\n");
    }
    text
}

/// A row for each picture, all measurements to their last digit.
pub(crate) fn csv(pictures: &[Compared]) -> Result<Vec<u8>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let more = ["ms_ssim_scales", "shift_x", "shift_y", "gain", "offset", "failed"];
    let keys = MEASUREMENTS.iter().map(|measurement| measurement.key);
    table.write_record(["method", "name"].into_iter().chain(keys).chain(more))?;
    for one in pictures {
        let mut row = vec![one.method.clone(), one.name.clone()];
        let number = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
        row.extend(MEASUREMENTS.iter().map(|measurement| number((measurement.of)(one))));
        match &one.fidelity {
            Some(f) => row.extend([
                f.ms_ssim_scales.to_string(),
                f.shift.0.to_string(),
                f.shift.1.to_string(),
                f.gain.to_string(),
                f.offset.to_string(),
            ]),
            None => row.extend(vec![String::new(); 5]),
        }
        row.push(one.failed.clone().unwrap_or_default());
        table.write_record(&row)?;
    }
    Ok(table.into_inner().map_err(|error| error.into_error())?)
}
