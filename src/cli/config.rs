//! `seethru.toml`: options for every call, under those of the command line.
//!
//! Keys are long options without their dashes. Those at the top are for every command that has
//! them, those of `[restore]` for all that restore, those of `[NAME]` for the subcommand NAME. Of these
//! `[embed]` is for every method that has the option, and `[embed.METHOD]` for one method. An option
//! on the command line wins over all of them, and over any that it excludes.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, ValueHint};
use toml::{Table, Value};

use super::bounded::read_list;
use super::file_names::is_one_file;
use super::options::{all_words, find, unknown, words};

/// The file that is looked for where the program is started.
const FILE: &str = "seethru.toml";
/// The section of restoring, which has no subcommand.
const RESTORE: &str = "restore";
/// Subcommands that restore, so that `[restore]` is for them as well.
const RESTORING: [&str; 3] = ["batch", "compare", "info"];

/// Where options come from besides the command line.
#[derive(Clone, Debug, Args)]
pub(crate) struct ConfigArgs {
    /// Read options from this file [default: seethru.toml in this folder, if it exists]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Configuration")]
    pub(crate) config: Option<PathBuf>,
    /// Read no configuration file
    #[arg(long, global = true, conflicts_with = "config", help_heading = "Configuration")]
    pub(crate) no_config: bool,
}

/// Words of a file for one call.
#[derive(Debug)]
pub(crate) struct Configured {
    pub(crate) file: PathBuf,
    pub(crate) words: Vec<String>,
}

/// The words that the configuration has for this call, if there is a file.
///
/// # Errors
/// If the file cannot be read, or holds what is not an option of any command.
pub(crate) fn configured(
    args: &ConfigArgs,
    program: &Command,
    matches: &ArgMatches,
) -> Result<Option<Configured>> {
    let here = Path::new(FILE);
    let file = match &args.config {
        Some(file) => file.as_path(),
        None if !args.no_config && here.is_file() => here,
        None => return Ok(None),
    };
    let origin = file.display().to_string();
    let bytes = read_list(file).with_context(|| format!("--config: {origin} cannot be read"))?;
    let Ok(text) = String::from_utf8(bytes) else {
        bail!("--config: {origin} is not text: give a file of options such as seethru.toml")
    };
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
        anyhow::anyhow!("{origin}, line {line}: {}", error.message())
    })?;
    check(program, &table, &origin)?;
    let (mut command, mut matches, mut names) = (program, matches, Vec::new());
    while let Some((name, below)) = matches.subcommand() {
        command = command.find_subcommand(name).unwrap_or(command);
        matches = below;
        names.push(name);
    }
    Ok(Some(Configured {
        words: for_call(command, matches, &layers(&table, &names), &origin)?,
        file: file.to_owned(),
    }))
}

/// No file that a command is given may be the one that its options come from.
///
/// # Errors
/// If one is, by whatever name or link.
pub(crate) fn check_spared(file: &Path, matches: &ArgMatches) -> Result<()> {
    for id in matches.ids().filter(|id| *id != "config") {
        let Ok(Some(paths)) = matches.try_get_many::<PathBuf>(id.as_str()) else { continue };
        for path in paths {
            if is_one_file(file, path) {
                bail!("--config: {} is given as the {id} as well: give another name", path.display());
            }
        }
    }
    match matches.subcommand() {
        Some((_, below)) => check_spared(file, below),
        None => Ok(()),
    }
}

/// Every key has to be an option of what its section is for, with a value of its kind, whatever the call.
fn check(program: &Command, table: &Table, origin: &str) -> Result<()> {
    for (key, value) in table {
        if let Value::Table(options) = value {
            let origin = format!("{origin}: [{key}]");
            match program.find_subcommand(key) {
                Some(command) => check_section(command, options, &origin)?,
                None if key == RESTORE => drop(all_words(program, options, &origin)?),
                None => bail!("{origin} is not a command of seethru: give [restore] or a subcommand's name"),
            }
        } else if find(program, key).is_none()
            && !program.get_subcommands().any(|command| find(command, key).is_some())
        {
            bail!(unknown(program, key, origin));
        }
    }
    Ok(())
}

/// The section of a subcommand, and those of the subcommands that it has itself.
fn check_section(command: &Command, options: &Table, origin: &str) -> Result<()> {
    let mut own = options.clone();
    for (key, value) in options {
        if let (Value::Table(below), Some(command)) = (value, command.find_subcommand(key)) {
            own.remove(key);
            let origin = format!("{}.{key}]", origin.trim_end_matches(']'));
            all_words(command, below, &origin)?;
        }
    }
    all_words(command, &own, origin)?;
    Ok(())
}

/// The tables that hold options for a call of the subcommand with these names, the strongest first.
fn layers<'a>(table: &'a Table, names: &[&str]) -> Vec<&'a Table> {
    let mut sections = vec![table];
    if names.first().is_none_or(|name| RESTORING.contains(name)) {
        sections.extend(table.get(RESTORE).and_then(Value::as_table));
    }
    let mut section = Some(table);
    for &name in names {
        section = section.and_then(|section| section.get(name)?.as_table());
        sections.extend(section);
    }
    sections.reverse();
    sections
}

fn for_call(command: &Command, matches: &ArgMatches, layers: &[&Table], origin: &str) -> Result<Vec<String>> {
    let typed = |id: &str| {
        matches!(matches.try_contains_id(id), Ok(true))
            && matches.value_source(id) == Some(ValueSource::CommandLine)
    };
    let (mut found, mut all) = (Vec::new(), Vec::new());
    for (key, value) in layers.iter().flat_map(|layer| layer.iter()) {
        // Of a weaker layer, only what this command has; sections were checked before.
        let Some(arg) = find(command, key).filter(|_| !value.is_table()) else { continue };
        let excluded = |other: &&clap::Arg| typed(other.get_id().as_str());
        let against = command.get_arguments().filter(|other| {
            command.get_arg_conflicts_with(other).iter().any(|one| one.get_id() == arg.get_id())
        });
        let excludes = command.get_arg_conflicts_with(arg);
        if found.contains(&arg.get_id())
            || typed(arg.get_id().as_str())
            || excludes.iter().any(&excluded)
            || against.into_iter().any(|other| excluded(&other))
        {
            continue;
        }
        found.push(arg.get_id());
        all.extend(words(arg, key, value, origin)?);
    }
    Ok(all)
}
