//! Names of outputs: made from the input's, and checked before the work.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use seethru::output::check_writable;

use super::clip_source::PIPE;

/// `clips/pool.mp4` becomes `pool-still.png`, say, in the folder the user is in.
pub(crate) fn named_after(input: &str, ending: &str) -> Result<PathBuf> {
    let stem = Path::new(input).file_stem().map(|stem| stem.to_string_lossy());
    match stem {
        Some(stem) if input != PIPE && !stem.contains(['*', '?', '[']) => {
            Ok(PathBuf::from(format!("{stem}{ending}")))
        }
        _ => bail!("no file name can be made from {input}: give one with --output"),
    }
}

pub(crate) fn check_page(page: &Path) -> Result<()> {
    let ending = page.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    if !matches!(ending.as_deref(), Some("html" | "htm")) {
        bail!("--report: {} does not end in .html: the report is a web page", page.display());
    }
    check_writable(page).context("--report")
}

/// No output may replace an input, by whatever name or link, nor another output.
pub(crate) fn check_apart(inputs: &[&Path], outputs: &[(&str, &Path)]) -> Result<()> {
    for (option, output) in outputs {
        if let Some(input) =
            inputs.iter().find(|input| same_file::is_same_file(input, output).unwrap_or(false))
        {
            bail!("{option}: {} is the input {}: give another name", output.display(), input.display());
        }
    }
    for (at, (second, path)) in outputs.iter().enumerate() {
        if let Some((first, _)) = outputs[..at].iter().find(|(_, earlier)| same_target(earlier, path)) {
            bail!("{second} and {first} are both {}: give different names", path.display());
        }
    }
    Ok(())
}

pub(crate) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether two names lead to one file, be it there already or not.
fn same_target(a: &Path, b: &Path) -> bool {
    let whole = |path: &Path| Some(folder(path).canonicalize().ok()?.join(path.file_name()?));
    same_file::is_same_file(a, b).unwrap_or(false) || (whole(a).is_some() && whole(a) == whole(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_named_after_the_input() {
        assert_eq!(named_after("clips/pool.mp4", "-still.png").unwrap(), Path::new("pool-still.png"));
        assert_eq!(named_after("frames/", "-still.png").unwrap(), Path::new("frames-still.png"));
        for nameless in ["-", "frames/*.png", ".."] {
            assert!(
                named_after(nameless, "-still.png").unwrap_err().to_string().contains("--output"),
                "{nameless}"
            );
        }
    }
}
