//! Where a clip's outputs go, and that no two are the same.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use super::args::BatchArgs;
use super::named::Named;
use crate::cli::file_names::{self, PICTURES, check_no_frame, is_temporary};

/// One clip's outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outputs {
    pub(crate) still: PathBuf,
    pub(crate) json: PathBuf,
    pub(crate) page: Option<PathBuf>,
}

impl Outputs {
    pub(crate) fn new(args: &BatchArgs, clip: &Named) -> Result<Outputs> {
        let below = match &clip.output {
            Some(output) => inside(output).with_context(|| clip.title())?,
            None => clip.below.join(stem(clip)?),
        };
        let ending = below.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let named = clip.output.is_some() && ending.is_some_and(|ending| PICTURES.contains(&ending.as_str()));
        let stem = if named { below.with_extension("") } else { below.clone() };
        let with = |ending: &str| {
            let mut name = args.output.join(&stem).into_os_string();
            name.push(".");
            name.push(ending);
            PathBuf::from(name)
        };
        Ok(Outputs {
            still: if named { args.output.join(&below) } else { with(args.format.ending()) },
            json: with("json"),
            page: (!args.no_report).then(|| with("html")),
        })
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Path> {
        [&self.still, &self.json].into_iter().chain(&self.page).map(PathBuf::as_path)
    }

    /// The folder that holds them.
    pub(crate) fn folder(&self) -> &Path {
        self.still.parent().unwrap_or(Path::new("."))
    }
}

/// The name of the overview in the output folder.
const OVERVIEW: &str = "seethru-batch.html";

/// Where the overview will be, unless no pages are wanted.
///
/// # Errors
/// If a clip's output has its name.
pub(crate) fn overview(folder: &Path, wanted: bool, outputs: &[Outputs]) -> Result<Option<PathBuf>> {
    let page = folder.join(OVERVIEW);
    let taken: HashSet<&Path> = outputs.iter().flat_map(Outputs::all).collect();
    ensure!(
        !wanted || !taken.contains(page.as_path()),
        "the page of a clip would be {}, which is the overview of the batch: name that output otherwise in a --list, or give \
         --no-report",
        page.display()
    );
    Ok(wanted.then_some(page))
}

/// `output` of a list stays below the output folder.
fn inside(output: &Path) -> Result<PathBuf> {
    let plain = output.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let part = |part| if let Component::Normal(name) = part { Some(name) } else { None };
    let path: PathBuf = output.components().filter_map(part).collect();
    ensure!(
        plain && path.file_name().is_some() && !is_temporary(&path),
        "output {} is not in the output folder: give a name such as pool.png or deep/pool.png",
        output.display()
    );
    Ok(path)
}

fn stem(clip: &Named) -> Result<&Path> {
    let stem = match clip.input.paths().as_slice() {
        [one] => one.file_stem(),
        // A folder, or a pattern.
        _ => file_names::stem(Path::new(&clip.name)),
    };
    stem.map(Path::new).with_context(|| {
        format!("no file name can be made from {}: give one in the column output of a --list", clip.title())
    })
}

/// No output may be that of another clip, nor an input, nor lie where a folder is.
pub(crate) fn check(clips: &[(&Named, &Outputs)]) -> Result<()> {
    let mut taken: HashMap<&Path, &Named> = HashMap::new();
    for &(clip, outputs) in clips {
        for output in outputs.all() {
            if let Some(first) = taken.insert(output, clip) {
                bail!(collision(first, clip, output));
            }
        }
    }
    let inputs = Inputs::of(clips);
    for output in clips.iter().flat_map(|(_, outputs)| outputs.all()) {
        if let Some(input) = inputs.same_as(output) {
            bail!(
                "the output {} is the input {}: give another folder with -o",
                output.display(),
                input.display()
            );
        }
        ensure!(
            !output.is_dir(),
            "the output {} is a folder: rename it, or give another folder with -o",
            output.display()
        );
    }
    for (clip, outputs) in clips {
        check_no_frame(Path::new(&clip.name), &[("-o", outputs.still.as_path())])?;
    }
    Ok(())
}

/// No output may be a mask.
pub(crate) fn check_masks(masks: &HashSet<&Path>, outputs: &[Outputs]) -> Result<()> {
    let masks = Inputs::at(masks.iter().copied());
    match outputs.iter().flat_map(Outputs::all).find_map(|output| Some((output, masks.same_as(output)?))) {
        Some((output, mask)) => bail!(
            "the output {} is the mask {}: give another folder with -o",
            output.display(),
            mask.display()
        ),
        None => Ok(()),
    }
}

fn collision(first: &Named, second: &Named, output: &Path) -> String {
    let (one, two) = (first.title(), second.title());
    if first.input.paths() == second.input.paths() && first.words == second.words {
        return format!("{two} is given twice, by name or in a folder, a pattern or a list: give it once");
    }
    format!(
        "{one} and {two} would both become {}: give the folder above them with --recursive, which keeps \
         folders, or name the outputs in a --list",
        output.display()
    )
}

/// The input files, to be found by whatever name or link.
struct Inputs<'a>(HashMap<PathBuf, &'a Path>);

impl<'a> Inputs<'a> {
    fn of(clips: &[(&'a Named, &Outputs)]) -> Inputs<'a> {
        Inputs::at(clips.iter().flat_map(|(clip, _)| clip.input.paths()))
    }

    fn at(paths: impl Iterator<Item = &'a Path>) -> Inputs<'a> {
        Inputs(paths.filter_map(|path| Some((path.canonicalize().ok()?, path))).collect())
    }

    fn same_as(&self, output: &Path) -> Option<&'a Path> {
        // Nothing is there yet, as a rule.
        let there = output.canonicalize().ok()?;
        let by_name = self.0.get(&there).copied();
        by_name.or_else(|| {
            self.0.values().copied().find(|input| same_file::is_same_file(input, output).unwrap_or(false))
        })
    }
}

/// That the output folder is one that can be written to, or can be made.
pub(crate) fn check_folder(folder: &Path) -> Result<()> {
    let there = folder.ancestors().find(|path| path.as_os_str().is_empty() || path.exists());
    let there = there.filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."));
    ensure!(there.is_dir(), "-o: {} is not a folder: give another", there.display());
    seethru::output::check_writable(&there.join("seethru-batch")).context("-o")
}
