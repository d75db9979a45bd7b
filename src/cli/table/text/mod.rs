//! Tables of text: values separated by commas, semicolons, tabs or blanks, with or without a line of names.

mod cell;
mod header;
mod records;

use std::borrow::Cow;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail, ensure};

pub(crate) use self::cell::Decimal;
use self::cell::{has_decimal_comma, is_beyond_64_bits, is_missing, number};
pub(crate) use self::header::Header as HeaderArg;
pub(super) use self::header::counts_or_names;
use self::header::{Verdict, is_index, judged};
use self::records::{Layout, Record};
use super::columns::{Chosen, Header, is_called_index, is_nameless};
use super::{Assumption, Choice, Column, Limit, Table, few, read_points};

/// Rows that the shape of the table is taken from.
const SAMPLE: usize = 1000;
/// Bytes that a number takes while it is read: 64 bits, then 32.
const NUMBER: usize = 12;

/// Separators in the order in which they are believed; one that is the decimal sign is none.
fn separators(decimal: Decimal) -> &'static [u8] {
    match decimal {
        Decimal::Point => b";\t,",
        Decimal::Comma => b";\t",
    }
}

pub(crate) fn read(path: &Path, choice: &Choice) -> Result<Table> {
    let name = path.display();
    let decimal = choice.decimal.unwrap_or_default();
    let text = text(path, choice.limit)?;
    let layout = Layout::new(&text, separators(decimal), true);
    let survey = Survey::of(path, layout)?;
    let (header, skips, mut notes) = survey.header(path, choice)?;
    let rows = survey.records - usize::from(skips);
    ensure!(rows > 0, "{name} has no rows below its names");
    let chosen = header.chosen(path, choice)?;
    notes.extend(chosen.note.clone().map(Assumption::Doubt));
    choice.limit.allow(path, text.len() as u128 + (rows * chosen.numbers.len() * NUMBER) as u128)?;
    let reading = Reading { path, layout, decimal, skips, header: &header };
    let read = reading.rows(&chosen, rows)?;
    let place = |row: usize| format!("line {}", reading.line(row));
    let names: Vec<String> = chosen.numbers.iter().map(|&at| header.names[at].clone()).collect();
    let table = read_points(path, read.values, &names, choice, &place)?;
    let column = |at: Option<usize>, values| at.map(|at| Column { name: header.names[at].clone(), values });
    Ok(Table {
        labels: column(chosen.label, read.labels),
        ids: column(chosen.id, read.ids),
        columns: header.named.then_some(names),
        notes,
        ..table
    })
}

/// All fields of a file of one column, for labels; beside it there may be an index.
pub(crate) fn read_lines(path: &Path, limit: Limit) -> Result<Vec<String>> {
    let text = text(path, limit)?;
    let layout = Layout::new(&text, separators(Decimal::Point), false);
    let survey = Survey::of(path, layout)?;
    let columns = survey.first.len();
    let indexed = columns == 2 && is_nameless(&survey.first[0]);
    ensure!(
        columns == 1 || indexed,
        "{} has {columns} columns; labels must be one column with a line for each row of data",
        path.display()
    );
    let mut records = layout.records();
    let mut all = Vec::with_capacity(survey.records);
    while let Some(record) = records.next_record()? {
        all.extend(record.fields.into_iter().next_back().map(Cow::into_owned));
    }
    Ok(all)
}

/// The text of a file, without the mark that some programs begin it with.
fn text(path: &Path, limit: Limit) -> Result<String> {
    let name = path.display();
    let text = String::from_utf8(limit.read_text(path)?)
        .map_err(|_| anyhow!("{name} is not text in UTF-8: save it as CSV in UTF-8"))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// What one pass over the records finds.
struct Survey {
    first: Vec<String>,
    /// The first rows below.
    sample: Vec<Vec<String>>,
    /// How many there are in all.
    records: usize,
    comment: Vec<String>,
    /// Whether the first line leaves out the name of the first column, as R does.
    shift: bool,
}

impl Survey {
    fn of(path: &Path, layout: Layout) -> Result<Survey> {
        let name = path.display();
        let mut records = layout.records();
        let mut next = || records.next_record().with_context(|| name.to_string());
        let Some(first) = next()? else { bail!("{name} is empty: give a table with rows") };
        let (line, mut width) = (first.line, first.fields.len());
        let mut first: Vec<String> = first.fields.into_iter().map(Cow::into_owned).collect();
        let (mut sample, mut count, mut shift) = (Vec::new(), 1, false);
        while let Some(record) = next()? {
            let fields = record.fields.len();
            if count == 1 && fields == width + 1 && !record.fields[width].is_empty() {
                shift = true;
                first.insert(0, String::new());
                width += 1;
            }
            ensure!(
                fields == width,
                "{name}: line {} has {}, and line {line} has {width}: every line needs the same number, separated by {}",
                record.line,
                counted(fields),
                layout.separator().name()
            );
            if sample.len() < SAMPLE {
                sample.push(record.fields.into_iter().map(Cow::into_owned).collect());
            }
            count += 1;
        }
        Ok(Survey { first, sample, records: count, comment: layout.comment_on_top(), shift })
    }

    /// The columns; whether the first line is one of names; and what was assumed.
    fn header(&self, path: &Path, choice: &Choice) -> Result<(Header, bool, Vec<Assumption>)> {
        let decimal = choice.decimal.unwrap_or_default();
        let given = choice.header.unwrap_or_default();
        let (name, line) = (path.display(), few(&self.first));
        let mut notes = Vec::new();
        let skips = match (given, judged(&self.first, &self.sample, decimal)) {
            (HeaderArg::Yes, _) | (HeaderArg::Auto, Verdict::Words) => true,
            (HeaderArg::No, _) => {
                ensure!(
                    !self.shift,
                    "{name}: its first line has one field less than the others: leave out --header no"
                );
                false
            }
            (HeaderArg::Auto, _) if self.shift => true,
            (HeaderArg::Auto, Verdict::Names) => {
                notes.push(Assumption::Doubt(format!(
                    "{name}: its first line ({line}) is read as column names: give --header no if it is data"
                )));
                true
            }
            (HeaderArg::Auto, Verdict::Row) => {
                if !self.sample.is_empty() {
                    notes.push(Assumption::Told(format!(
                        "{name}: its first line is read as data: give --header yes if it names the columns"
                    )));
                }
                false
            }
        };
        let from_comment = !skips && given == HeaderArg::Auto && self.is_named_by_comment(decimal);
        let names = match (skips, from_comment) {
            (true, _) => self.first.clone(),
            (false, true) => self.comment.clone(),
            (false, false) => (0..self.first.len()).map(|at| at.to_string()).collect(),
        };
        let named = skips || from_comment;
        let below = |at: usize| self.sample.iter().map(move |row| row[at].as_str());
        let blank = |at: usize| (skips || self.first[at].is_empty()) && below(at).all(str::is_empty);
        let nameless: Vec<usize> = (0..names.len()).filter(|&at| !named || is_nameless(&names[at])).collect();
        let (empty, others): (Vec<usize>, Vec<usize>) = nameless.into_iter().partition(|&at| blank(at));
        let named_so =
            |at: usize| named && is_called_index(&names[at]) && counts_or_names(below(at), decimal);
        let nameless = others.into_iter().filter(|&at| named && is_index(below(at), decimal));
        let index = nameless.chain((0..names.len()).filter(|&at| named_so(at))).collect();
        Ok((Header { names, named, index, empty }, skips, notes))
    }

    /// Whether the comment above the rows has a word for each column.
    fn is_named_by_comment(&self, decimal: Decimal) -> bool {
        self.comment.len() == self.first.len()
            && self.comment.iter().all(|word| !is_missing(word) && number(word, decimal).is_none())
    }
}

fn counted(fields: usize) -> String {
    if fields == 1 { "1 field".to_owned() } else { format!("{fields} fields") }
}

/// The second pass.
struct Reading<'a> {
    path: &'a Path,
    layout: Layout<'a>,
    decimal: Decimal,
    skips: bool,
    header: &'a Header,
}

/// Row by row.
struct Read {
    values: Vec<f64>,
    labels: Vec<String>,
    ids: Vec<String>,
}

impl Reading<'_> {
    fn rows(&self, chosen: &Chosen, rows: usize) -> Result<Read> {
        let mut read = Read {
            values: Vec::with_capacity(rows * chosen.numbers.len()),
            labels: Vec::new(),
            ids: Vec::new(),
        };
        self.each(|record| {
            for &column in &chosen.numbers {
                let field = record.fields[column].as_ref();
                let value = number(field, self.decimal).filter(|&value| !is_beyond_64_bits(field, value));
                read.values.push(value.with_context(|| self.refused(record, column))?);
            }
            let text = |at: usize| record.fields[at].clone().into_owned();
            read.labels.extend(chosen.label.map(text));
            read.ids.extend(chosen.id.map(text));
            Ok(true)
        })?;
        Ok(read)
    }

    /// Calls `take` with each row until it has enough.
    fn each(&self, mut take: impl FnMut(&Record) -> Result<bool>) -> Result<()> {
        let mut records = self.layout.records();
        if self.skips {
            records.next_record()?;
        }
        while let Some(record) = records.next_record()? {
            if !take(&record)? {
                break;
            }
        }
        Ok(())
    }

    /// The line of a row, for messages.
    fn line(&self, row: usize) -> usize {
        let (mut at, mut line) = (0, 0);
        let _ = self.each(|record| {
            line = record.line;
            at += 1;
            Ok(at <= row)
        });
        line
    }

    /// Why a field is not a number, and what helps.
    fn refused(&self, record: &Record, column: usize) -> String {
        let field = record.fields[column].as_ref();
        let place =
            format!("{}: line {}, column {}", self.path.display(), record.line, self.header.names[column]);
        const OR_ELSE: &str = "choose other --columns, or name it with --label-column or --id-column";
        if number(field, self.decimal).is_some() {
            return format!(
                "{place} is {field}, which 64-bit floats cannot hold: subtract the column's smallest value first"
            );
        }
        let commas =
            self.decimal == Decimal::Point && (has_decimal_comma(field) || has_decimal_comma(record.text));
        match field {
            "" => format!("{place} is empty: fill it in, leave the row out, or choose other --columns"),
            _ if commas => {
                format!("{place} is '{field}', not a number: give --decimal , if that is its decimal sign")
            }
            _ if self.decimal == Decimal::Comma && field.contains('.') => {
                format!(
                    "{place} is '{field}', not a number with --decimal ,: leave points out, or give --decimal ."
                )
            }
            _ if is_missing(field) => {
                format!(
                    "{place} is '{field}', a missing value: fill it in, leave the row out, or choose other --columns"
                )
            }
            _ => format!("{place} is '{field}', not a number: {OR_ELSE}"),
        }
    }
}
