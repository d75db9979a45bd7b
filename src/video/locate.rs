//! From what the user typed to the files it means.

use std::path::{Path, PathBuf};

use super::natural::compare_paths;
use super::{Input, VideoError, images};

/// Extensions of image files, in lower case.
const IMAGES: [&str; 12] =
    ["png", "jpg", "jpeg", "tif", "tiff", "bmp", "webp", "pnm", "pgm", "ppm", "pbm", "pam"];

pub(super) fn locate(arg: &Path) -> Result<Input, VideoError> {
    match std::fs::metadata(arg) {
        Ok(found) if found.is_dir() => folder(arg),
        Ok(found) if !found.is_file() => Err(VideoError::NotAFile { path: arg.to_owned() }),
        Ok(found) => file(arg, found.len()),
        Err(cause) if is_missing(&cause) => pattern(arg),
        Err(cause) => Err(VideoError::Read { path: arg.to_owned(), cause }),
    }
}

/// A component that is a file, not a folder, also means that nothing is there; a pattern may
/// hold bytes or lengths that no path can.
fn is_missing(cause: &std::io::Error) -> bool {
    use std::io::ErrorKind::{InvalidFilename, InvalidInput, NotADirectory, NotFound};
    matches!(cause.kind(), NotFound | NotADirectory | InvalidFilename | InvalidInput)
}

fn file(path: &Path, bytes: u64) -> Result<Input, VideoError> {
    if bytes == 0 {
        return Err(VideoError::Empty { path: path.to_owned() });
    }
    match images::kind(path)? {
        images::Kind::Still => Err(VideoError::SingleImage { path: path.to_owned() }),
        images::Kind::Stack => Ok(Input::images(vec![path.to_owned()])),
        images::Kind::Video => Ok(Input::video(path.to_owned())),
    }
}

fn folder(folder: &Path) -> Result<Input, VideoError> {
    let read = |cause| VideoError::Read { path: folder.to_owned(), cause };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(read)? {
        let path = entry.map_err(read)?.path();
        if is_image_name(&path) && path.is_file() {
            paths.push(path);
        }
    }
    in_order(paths, || VideoError::EmptyFolder { folder: folder.to_owned() })
}

fn pattern(arg: &Path) -> Result<Input, VideoError> {
    let missing = || VideoError::Missing { path: arg.to_owned() };
    let pattern = arg.to_str().ok_or_else(missing)?;
    if !pattern.contains(['*', '?', '[']) {
        return Err(missing());
    }
    let bad = |cause: glob::PatternError| VideoError::BadPattern {
        pattern: pattern.to_owned(),
        cause: cause.to_string(),
    };
    let matches: Vec<PathBuf> = glob::glob(pattern).map_err(bad)?.filter_map(Result::ok).collect();
    match matches.as_slice() {
        // A pattern for one video, quoted by mistake or by caution.
        [one] if !is_image_name(one) => locate(one),
        _ => {
            let paths = matches.into_iter().filter(|path| is_image_name(path) && path.is_file());
            in_order(paths.collect(), || VideoError::EmptyPattern { pattern: pattern.to_owned() })
        }
    }
}

fn in_order(mut paths: Vec<PathBuf>, none: impl FnOnce() -> VideoError) -> Result<Input, VideoError> {
    match paths.as_slice() {
        [] => Err(none()),
        // Frames, if it is a stack of them or a video.
        [one] => file(one, u64::MAX),
        _ => {
            paths.sort_by(|a, b| compare_paths(a, b));
            Ok(Input::images(paths))
        }
    }
}

/// Hidden files are not counted: some systems keep a `._frame.png` beside each frame.
fn is_image_name(path: &Path) -> bool {
    let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    !hidden && ending.is_some_and(|ending| IMAGES.contains(&ending.as_str()))
}
