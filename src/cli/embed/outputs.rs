//! Outputs are checked before anything is read: whether they can be written, and whether one would
//! replace another or the input.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use seethru::output::check_writable;

use super::args::{CommonArgs, TransformArgs};
use super::method::{Files, Method};
use super::shared::{OutputArgs, Precomputed, TableArgs};
use crate::cli::file_names::{check_apart, check_no_frame};
use crate::cli::misuse::Misuse;
use crate::cli::table;

/// Refuses what a method cannot write.
pub(crate) fn check(args: &CommonArgs, method: &dyn Method) -> Result<()> {
    let files = method.files();
    let all = written(&args.output, &files);
    agreed(method, &files).and_then(|()| something(&all, args.json)).map_err(Misuse::of)?;
    check_files(&all, &args.table, &[])
}

/// The same where a model is applied; it is an input then.
pub(crate) fn check_transform(args: &TransformArgs) -> Result<()> {
    let all = written(&args.output, &Files::default());
    something(&all, args.json).map_err(Misuse::of)?;
    check_files(&all, &args.table, &[&args.model])
}

/// Options that contradict each other.
fn agreed(method: &dyn Method, files: &Files) -> Result<()> {
    method.check()?;
    if let (Some(what), Some(_)) = (method.precomputed(), files.model) {
        let what = match what {
            Precomputed::Distances => "distances",
            Precomputed::Graph => "graph",
        };
        bail!("--model: a model of precomputed {what} cannot place new rows; leave it out");
    }
    Ok(())
}

fn something(all: &[(&str, &Path)], json: bool) -> Result<()> {
    ensure!(!all.is_empty() || json, "nothing would be written: give -o FILE, --plot FILE or --json");
    Ok(())
}

/// All files that will be written, with their options.
pub(crate) fn written<'a>(output: &'a OutputArgs, files: &Files<'a>) -> Vec<(&'static str, &'a Path)> {
    let all = [
        ("--output", output.output.as_deref()),
        ("--plot", output.plot.as_deref()),
        ("--spectrum", files.spectrum),
        ("--dictionary", files.dictionary),
        ("--shepard", files.shepard),
        ("--model", files.model),
    ];
    all.into_iter().filter_map(|(option, path)| Some((option, path?))).collect()
}

fn check_files(files: &[(&'static str, &Path)], table: &TableArgs, others: &[&Path]) -> Result<()> {
    let mut sources = table::sources(&table.data);
    sources.extend(table.labels.iter().flat_map(|path| table::sources(path)));
    sources.extend(others.iter().map(|&path| path.to_owned()));
    for &(option, path) in files {
        match option {
            "--output" => table::check_embedding(path)?,
            "--model" => check_writable(path).context(option)?,
            _ => check_plot(path, option)?,
        }
    }
    check_apart(&sources, files)?;
    check_no_frame(&table.data, files)
}

fn check_plot(path: &Path, option: &'static str) -> Result<()> {
    let extension = path.extension().and_then(|text| text.to_str()).map(str::to_ascii_lowercase);
    ensure!(
        matches!(extension.as_deref(), Some("svg" | "png")),
        "{option} {}: plots are written as .svg or .png",
        path.display()
    );
    check_writable(path).context(option)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::args::MethodArgs;
    use super::super::method::{IsomapArgs, PcaArgs};
    use super::*;

    #[derive(Parser)]
    struct Program<M: clap::Args> {
        #[command(flatten)]
        args: MethodArgs<M>,
    }

    #[track_caller]
    fn refused<M: clap::Args + Method>(words: &str) -> String {
        let words = ["embed", "data.npy"].into_iter().chain(words.split(' ').filter(|word| !word.is_empty()));
        let args = Program::<M>::try_parse_from(words).unwrap().args;
        check(&args.common, &args.own).unwrap_err().to_string()
    }

    #[test]
    fn outputs_are_checked() {
        assert!(refused::<PcaArgs>("").contains("nothing would be written"));
        assert!(refused::<PcaArgs>("-o o.txt").contains(".npy or .csv"));
        assert!(refused::<PcaArgs>("-o o.npy --plot o.jpg").contains(".svg or .png"));
        assert!(refused::<PcaArgs>("-o data.npy").contains("is the input data.npy"));
        assert!(
            refused::<PcaArgs>("--plot a.svg --spectrum a.svg")
                .contains("--spectrum and --plot are both a.svg")
        );
    }

    #[test]
    fn a_model_needs_rows() {
        let told = refused::<IsomapArgs>("--precomputed graph --model m.bin -o o.npy");
        assert!(told.starts_with("--model: a model of precomputed graph"), "{told}");
    }
}
