//! Names of outputs: made from the input's, and checked before the work.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use seethru::output::check_writable;

use super::clip_source::PIPE;

/// Endings of pictures that can be written.
pub(crate) const PICTURES: [&str; 10] =
    ["png", "tif", "tiff", "jpg", "jpeg", "webp", "bmp", "ppm", "pgm", "pnm"];

/// `clips/pool.mp4` becomes `pool-still.png`, say, in the folder the user is in.
pub(crate) fn named_after(input: &Path, ending: &str) -> Result<PathBuf> {
    match stem(input).filter(|_| input != Path::new(PIPE)) {
        Some(stem) => {
            let mut name = stem.to_owned();
            name.push(ending);
            Ok(PathBuf::from(name))
        }
        None => bail!("no file name can be made from {}: give one with --output", input.display()),
    }
}

/// The name of a file or folder without its ending; a pattern, which is not the name of a file, has none.
pub(crate) fn stem(input: &Path) -> Option<&OsStr> {
    let is_pattern = |stem: &OsStr| stem.to_string_lossy().contains(['*', '?', '[']) && !input.exists();
    input.file_stem().filter(|stem| !is_pattern(stem))
}

pub(crate) fn check_page(page: &Path) -> Result<()> {
    let ending = page.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    if !matches!(ending.as_deref(), Some("html" | "htm")) {
        bail!("--report: {} does not end in .html: the report is a web page", page.display());
    }
    check_writable(page).context("--report")
}

/// No output may replace an input, by whatever name or link, nor another output, nor lie among what is temporary.
pub(crate) fn check_apart<P: AsRef<Path>>(inputs: &[P], outputs: &[(&str, &Path)]) -> Result<()> {
    for (option, output) in outputs {
        if let Some(input) = inputs.iter().find(|input| same_target(input.as_ref(), output)) {
            let input = input.as_ref().display();
            bail!("{option}: {} is the input {input}: give another name", output.display());
        }
        if is_temporary(output) {
            bail!("{option}: {} is among seethru's temporary files: give another folder", output.display());
        }
    }
    for (at, (second, path)) in outputs.iter().enumerate() {
        if let Some((first, _)) = outputs[..at].iter().find(|(_, earlier)| same_target(earlier, path)) {
            bail!("{second} and {first} are both {}: give different names", path.display());
        }
    }
    Ok(())
}

/// No picture may become a frame of the folder or pattern that the frames come from: the next run would take it for one.
pub(crate) fn check_no_frame(input: &Path, outputs: &[(&str, &Path)]) -> Result<()> {
    // As where frames are looked for: * stands for no folders.
    let whole_names = glob::MatchOptions { require_literal_separator: true, ..Default::default() };
    let among = |output: &Path| match input.is_dir() {
        true => same_file::is_same_file(input, folder(output)).unwrap_or(false),
        false => glob::Pattern::new(&input.to_string_lossy())
            .is_ok_and(|pattern| pattern.matches_path_with(output, whole_names)),
    };
    for (option, output) in outputs {
        let ending = output.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let is_picture = ending.is_some_and(|ending| PICTURES.contains(&ending.as_str()));
        if is_picture && among(output) {
            bail!(
                "{option}: {} would be one of the frames of {} in the next run: give another folder",
                output.display(),
                input.display()
            );
        }
    }
    Ok(())
}

/// Whether a file would lie in a folder that is taken away.
pub(crate) fn is_temporary(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str().to_string_lossy().starts_with(".seethru-"))
}

/// Where the file lies.
pub(crate) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// This folder and those above it that are not there, outer ones first.
pub(crate) fn missing(folder: &Path) -> Vec<PathBuf> {
    let missing = folder.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists());
    let mut missing: Vec<PathBuf> = missing.map(Path::to_owned).collect();
    missing.reverse();
    missing
}

/// Whether two names lead to one file, be it there already or not.
fn same_target(a: &Path, b: &Path) -> bool {
    let whole = |path: &Path| Some(folder(path).canonicalize().ok()?.join(path.file_name()?));
    is_one_file(a, b) || (whole(a).is_some() && whole(a) == whole(b))
}

/// Whether both are there and are one regular file. Others are not compared: that would open them, and a pipe that is opened
/// and closed again loses its writer.
pub(crate) fn is_one_file(a: &Path, b: &Path) -> bool {
    let regular = |path: &Path| path.metadata().is_ok_and(|found| found.is_file());
    regular(a) && regular(b) && same_file::is_same_file(a, b).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_keep_apart() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("in.npy"), "in").unwrap();
        std::fs::hard_link(at("in.npy"), at("hard.npy")).unwrap();
        let refused = |outputs: &[(&str, &Path)]| {
            check_apart(&[at("in.npy")], outputs).map_err(|error| error.to_string()).unwrap_err()
        };
        for name in ["in.npy", "hard.npy", "./in.npy"] {
            assert!(refused(&[("-o", &at(name))]).contains("is the input"), "{name}");
        }
        let (one, two) = (at("new.npy"), folder.path().join("./new.npy"));
        assert!(refused(&[("-o", &one), ("--model", &two)]).starts_with("--model and -o are both"));
        assert!(refused(&[("-o", &at(".seethru-batch/a.png"))]).contains("temporary"));
        check_apart(&[at("in.npy")], &[("-o", &one), ("--model", &at("other.npy"))]).unwrap();
    }

    #[test]
    fn a_still_is_no_frame() {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().to_str().unwrap();
        let (inside, outside) = (folder.path().join("a.png"), folder.path().join("b/a.png"));
        assert!(
            check_no_frame(Path::new(input), &[("-o", &inside)])
                .unwrap_err()
                .to_string()
                .contains("next run")
        );
        assert!(check_no_frame(Path::new(&format!("{input}/*.png")), &[("-o", &inside)]).is_err());
        let (other, above) = (format!("{input}/*.tif"), format!("{input}/*.png"));
        for (input, output) in [(input, &outside), (&other, &inside), (&above, &outside)] {
            check_no_frame(Path::new(input), &[("-o", output)]).unwrap();
        }
        check_no_frame(Path::new(input), &[("--report", &folder.path().join("a.html"))]).unwrap();
    }

    #[test]
    fn the_picture_is_named_after_the_input() {
        assert_eq!(
            named_after(Path::new("clips/pool.mp4"), "-still.png").unwrap(),
            Path::new("pool-still.png")
        );
        assert_eq!(named_after(Path::new("frames/"), "-still.png").unwrap(), Path::new("frames-still.png"));
        for nameless in ["-", "frames/*.png", ".."] {
            assert!(
                named_after(Path::new(nameless), "-still.png").unwrap_err().to_string().contains("--output"),
                "{nameless}"
            );
        }
    }
}
