//! Which clips are meant: files, folders, patterns, names on standard input, lists.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use seethru::video::compare_paths;

use super::args::BatchArgs;
use super::list;
use super::named::Named;

/// The name that stands for names on standard input.
pub(crate) const PIPE: &str = "-";
/// Endings of videos that are looked for in folders, in lower case.
const VIDEOS: [&str; 17] = [
    "mp4", "m4v", "mov", "mkv", "webm", "avi", "y4m", "mpg", "mpeg", "m2v", "ts", "mts", "m2ts", "wmv",
    "flv", "ogv", "3gp",
];

/// All clips, in the order in which they were named; those of a folder as people count.
///
/// # Errors
/// If a name leads nowhere, or to nothing that can be a clip.
pub(crate) fn named(args: &BatchArgs, piped: impl BufRead) -> Result<Vec<Named>> {
    let pipes = args.clips.iter().filter(|clip| *clip == Path::new(PIPE)).count();
    ensure!(pipes <= 1, "- is given {pipes} times: standard input can be read only once");
    let (mut clips, mut piped) = (Vec::new(), Some(piped));
    for name in &args.clips {
        match piped.take_if(|_| name == Path::new(PIPE)) {
            Some(piped) => from_lines(piped, &mut clips)?,
            None => expand(name, args.recursive, &mut clips)?,
        }
    }
    if let Some(path) = &args.list {
        clips.extend(list::rows(path)?);
    }
    ensure!(!clips.is_empty(), "no clip is given: standard input or the list is empty");
    Ok(clips)
}

fn from_lines(lines: impl BufRead, clips: &mut Vec<Named>) -> Result<()> {
    for (at, line) in lines.lines().enumerate() {
        let line = line.with_context(|| format!("standard input, line {}, cannot be read", at + 1))?;
        if line.trim().is_empty() {
            continue;
        }
        let clip = Named::at(Path::new(&line), Path::new(""));
        clips.push(clip.with_context(|| format!("standard input, line {}", at + 1))?);
    }
    Ok(())
}

/// What one word of the command line stands for.
fn expand(path: &Path, recursive: bool, clips: &mut Vec<Named>) -> Result<()> {
    let word = path.to_string_lossy();
    if path.is_dir() {
        return folder(path, recursive, clips);
    }
    if std::fs::symlink_metadata(path).is_ok() || !word.contains(['*', '?', '[']) {
        clips.push(Named::at(path, Path::new(""))?);
        return Ok(());
    }
    let found = glob::glob(&word).with_context(|| format!("{word} is not a valid pattern"))?;
    let mut found: Vec<PathBuf> = found.filter_map(Result::ok).collect();
    ensure!(!found.is_empty(), "nothing matches {word}: check the pattern and quote it");
    found.sort_by(|a, b| compare_paths(a, b));
    for path in found {
        // As if the shell had put the names there.
        match path.is_dir() {
            true => folder(&path, recursive, clips)?,
            false => clips.push(Named::at(&path, Path::new(""))?),
        }
    }
    Ok(())
}

fn folder(path: &Path, recursive: bool, clips: &mut Vec<Named>) -> Result<()> {
    let before = clips.len();
    videos(path, Path::new(""), recursive, clips)?;
    if clips.len() == before {
        let deeper = if recursive { "" } else { "give --recursive to look in its subfolders; " };
        bail!(
            "the folder {} holds no videos ({}): {deeper}give a folder of images on standard input or in a --list",
            path.display(),
            VIDEOS.join(", ")
        );
    }
    Ok(())
}

fn videos(folder: &Path, below: &Path, recursive: bool, clips: &mut Vec<Named>) -> Result<()> {
    let unread = || format!("the folder {} cannot be read", folder.display());
    let entries = std::fs::read_dir(folder).with_context(unread)?.collect::<Result<Vec<_>, _>>();
    let mut entries = entries.with_context(unread)?;
    entries.sort_by(|a, b| compare_paths(&a.path(), &b.path()));
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        // A link to a folder could lead around in circles.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && recursive {
            videos(&path, &below.join(name), recursive, clips)?;
        } else if is_video_name(&path) && path.is_file() {
            clips.push(Named::found(&path, below));
        }
    }
    Ok(())
}

/// The name of the first video of a folder; of the others nothing but the name is looked at.
pub(crate) fn first_video(folder: &Path) -> Option<String> {
    let entries = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let hidden = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let named = entries.map(|entry| entry.path()).filter(|path| is_video_name(path) && !hidden(path));
    let mut named: Vec<PathBuf> = named.collect();
    named.sort_by(|a, b| compare_paths(a, b));
    named.into_iter().find(|path| path.is_file()).map(|path| path.display().to_string())
}

fn is_video_name(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| VIDEOS.contains(&ending.as_str()))
}
