//! Lists of clips with options of their own: CSV, TSV and TOML.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use clap::{Arg, Command};
use seethru::video::Input;
use toml::{Spanned, Table, Value};

use super::clip_options;
use super::named::Named;
use crate::cli::bounded::read_list;
use crate::cli::options::{all_words, find, is_switch, unknown, words};

/// Columns that are not options.
const VIDEO: &str = "video";
const OUTPUT: &str = "output";
/// How the option of a mask is written.
const MASK: &str = "--mask=";
/// Options that are shared out over all clips.
const SHARED: [&str; 2] = ["threads", "memory"];

/// The clips of a list.
///
/// # Errors
/// If it cannot be read, or a row has no video, or what is not an option or not a value of it.
pub(crate) fn rows(path: &Path) -> Result<Vec<Named>> {
    let unread = || format!("--list: {} cannot be read", path.display());
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("csv") => separated(&read_list(path).with_context(unread)?, b',', path),
        Some("tsv") => separated(&read_list(path).with_context(unread)?, b'\t', path),
        Some("toml") => tables(&text(path).with_context(unread)?, path),
        _ => bail!("--list: {} does not end in .csv, .tsv or .toml", path.display()),
    }
}

fn text(path: &Path) -> io::Result<String> {
    String::from_utf8(read_list(path)?).map_err(io::Error::other)
}

fn separated(bytes: &[u8], delimiter: u8, path: &Path) -> Result<Vec<Named>> {
    let list = path.display();
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).flexible(true).from_reader(bytes);
    let header = reader.headers().with_context(|| format!("{list} is not a table of text"))?.clone();
    let header: Vec<&str> = header.iter().collect();
    ensure!(
        header.contains(&VIDEO),
        "{list} has no column {VIDEO}: its first line must name the columns, separated by commas (tabs in .tsv)"
    );
    let command = clip_options::command();
    for (at, column) in header.iter().enumerate() {
        ensure!(!header[..at].contains(column), "{list} has two columns {column}");
        checked(&command, column, &format!("{list}, line 1"))?;
    }
    let mut clips = Vec::new();
    for record in reader.records() {
        let record = record.with_context(|| format!("{list} is not a table of text"))?;
        let origin = format!("{list}, line {}", line(bytes, record.position()));
        ensure!(
            record.len() <= header.len(),
            "{origin}: {} cells, but only {} columns have names",
            record.len(),
            header.len()
        );
        let mut row = Row::default();
        for (column, cell) in header.iter().zip(&record).filter(|(_, cell)| !cell.is_empty()) {
            row.set(&command, column, cell, &origin)?;
        }
        clips.push(row.named(path, origin)?);
    }
    Ok(clips)
}

/// The line of a row whose position is that of the end of the row before: there may be empty lines.
fn line(bytes: &[u8], row: Option<&csv::Position>) -> usize {
    let before = row.map_or(0, |row| row.byte() as usize).min(bytes.len());
    let empty = bytes[before..].iter().take_while(|byte| b"\r\n".contains(byte)).count();
    1 + bytes[..before + empty].iter().filter(|&&byte| byte == b'\n').count()
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    #[serde(default)]
    clip: Vec<Spanned<Table>>,
}

fn tables(text: &str, path: &Path) -> Result<Vec<Named>> {
    let list = path.display();
    let line = |at: usize| 1 + text[..at].matches('\n').count();
    let tables: Tables = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line(span.start));
        anyhow::anyhow!("{list}, line {line}: {}: each clip is a table [[clip]]", error.message())
    })?;
    let command = clip_options::command();
    let mut clips = Vec::new();
    for table in tables.clip {
        let origin = format!("{list}, line {}", line(table.span().start));
        let mut options = table.into_inner();
        let mut name = |key: &str| match options.remove(key) {
            Some(Value::String(name)) => Ok(Some(name)),
            Some(_) => bail!("{origin}: {key} must be the name of a file"),
            None => Ok(None),
        };
        let (video, output) = (name(VIDEO)?, name(OUTPUT)?.map(PathBuf::from));
        options.keys().try_for_each(|key| checked(&command, key, &origin))?;
        let off = options.iter().filter_map(|(key, value)| off(find(&command, key)?, value)).collect();
        let row = Row { video, output, words: all_words(&command, &options, &origin)?, off };
        clips.push(row.named(path, origin)?);
    }
    Ok(clips)
}

/// That there is such an option, and that a row may have it.
fn checked(command: &Command, column: &str, origin: &str) -> Result<()> {
    if [VIDEO, OUTPUT].contains(&column) {
        return Ok(());
    }
    ensure!(
        !SHARED.contains(&column),
        "{origin}: {column} is for the whole batch: give --{column} on the command line"
    );
    match find(command, column) {
        Some(_) => Ok(()),
        None => Err(unknown(command, column, origin)),
    }
}

/// The option of a switch that is off: of the command line's words it has to go.
fn off(switch: &Arg, value: &Value) -> Option<String> {
    let long = switch.get_long().filter(|_| *value == Value::Boolean(false))?;
    Some(format!("--{long}"))
}

#[derive(Default)]
struct Row {
    video: Option<String>,
    output: Option<PathBuf>,
    words: Vec<String>,
    off: Vec<String>,
}

impl Row {
    fn set(&mut self, command: &Command, column: &str, cell: &str, origin: &str) -> Result<()> {
        match column {
            VIDEO => self.video = Some(cell.to_owned()),
            OUTPUT => self.output = Some(cell.into()),
            _ => {
                let Some(arg) = find(command, column) else { return Err(unknown(command, column, origin)) };
                let value = match cell.to_lowercase().as_str() {
                    "true" if is_switch(arg) => Value::Boolean(true),
                    "false" if is_switch(arg) => Value::Boolean(false),
                    _ => Value::String(cell.to_owned()),
                };
                self.off.extend(off(arg, &value));
                self.words.extend(words(arg, column, &value, origin)?);
            }
        }
        Ok(())
    }

    /// Its video and its mask are looked for from the list's folder on.
    fn named(self, list: &Path, origin: String) -> Result<Named> {
        let video = self.video.with_context(|| format!("{origin}: the row has no {VIDEO}"))?;
        let folder = list.parent().unwrap_or(Path::new(""));
        let path = folder.join(&video);
        let from_folder = |word: String| match word.strip_prefix(MASK) {
            Some(mask) => format!("{MASK}{}", folder.join(mask).display()),
            None => word,
        };
        Ok(Named {
            name: path.display().to_string(),
            input: Input::locate(&path).with_context(|| origin.clone())?,
            below: PathBuf::new(),
            output: self.output,
            words: self.words.into_iter().map(from_folder).collect(),
            off: self.off,
            origin: Some(origin),
        })
    }
}
