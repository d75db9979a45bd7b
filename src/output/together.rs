//! Several files that appear together or not at all.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use super::own_folder::OwnFolder;
use super::{StillError, folder_of, keep_mode, sync_folder, target, write_error};

/// Files that appear together: each is written into a folder of its own beside its place, and all take their
/// places once all are written. Dropped before that, it takes everything away again.
///
/// Folders that a killed program left behind are removed when the same file is written again.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// let (still, page) = (folder.path().join("still.txt"), folder.path().join("page.html"));
/// let mut outputs = seethru::output::Together::default();
/// std::fs::write(outputs.stage(&still)?, "the still")?;
/// std::fs::write(outputs.stage(&page)?, "the page")?;
/// assert!(!still.exists());
/// outputs.appear()?;
/// assert!(still.exists() && page.exists());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Together {
    staged: Vec<Staged>,
}

#[derive(Debug)]
struct Staged {
    /// As the caller named it.
    path: PathBuf,
    /// Where it will be: through links.
    place: PathBuf,
    /// Where it is until then.
    file: PathBuf,
    _folder: OwnFolder,
}

impl Together {
    /// Where to write the file that will be at `path`.
    ///
    /// # Errors
    /// As [`check_writable`](super::check_writable).
    pub fn stage(&mut self, path: &Path) -> Result<PathBuf, StillError> {
        let place = target(path)?;
        let folder = OwnFolder::create(folder_of(&place), &prefix(&place))?;
        let file = folder.path().join(path.file_name().unwrap_or_default());
        self.staged.push(Staged { path: path.to_owned(), place, file: file.clone(), _folder: folder });
        Ok(file)
    }

    /// Puts all files in their places; older files of these names are replaced.
    ///
    /// # Errors
    /// If a file was not written, or cannot take its place; those before it have done so then.
    pub fn appear(self) -> Result<(), StillError> {
        for one in &self.staged {
            let failed = |cause| write_error(&one.path, cause);
            let file = File::open(&one.file).map_err(failed)?;
            keep_mode(&one.file, &one.place);
            file.sync_all().map_err(failed)?;
        }
        for one in &self.staged {
            fs::rename(&one.file, &one.place).map_err(|cause| write_error(&one.path, cause))?;
            sync_folder(&one.place);
        }
        Ok(())
    }
}

/// How the folders of a file's staging begin; a name of any length fits.
fn prefix(place: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    place.file_name().unwrap_or_default().hash(&mut hasher);
    format!(".seethru-{:016x}-", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn nothing_is_there_before_all_is() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("b.txt"), "older").unwrap();
        let mut outputs = Together::default();
        for name in ["a.txt", "b.txt"] {
            fs::write(outputs.stage(&folder.path().join(name)).unwrap(), name).unwrap();
        }
        assert!(!folder.path().join("a.txt").exists());
        assert_eq!(fs::read_to_string(folder.path().join("b.txt")).unwrap(), "older");
        outputs.appear().unwrap();
        assert_eq!(names(folder.path()), ["a.txt", "b.txt"]);
        assert_eq!(fs::read_to_string(folder.path().join("b.txt")).unwrap(), "b.txt");
    }

    #[test]
    fn what_does_not_appear_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut outputs = Together::default();
        fs::write(outputs.stage(&folder.path().join("a.txt")).unwrap(), "a").unwrap();
        drop(outputs);
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn if_one_was_not_written_none_appears() {
        let folder = tempfile::tempdir().unwrap();
        let mut outputs = Together::default();
        fs::write(outputs.stage(&folder.path().join("a.txt")).unwrap(), "a").unwrap();
        outputs.stage(&folder.path().join("b.txt")).unwrap();
        let error = outputs.appear().unwrap_err();
        assert!(matches!(&error, StillError::Write { path, .. } if path.ends_with("b.txt")), "{error}");
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn what_cannot_be_written_is_refused_when_staged() {
        let folder = tempfile::tempdir().unwrap();
        let mut outputs = Together::default();
        assert!(matches!(outputs.stage(folder.path()), Err(StillError::IsFolder { .. })));
        let gone = folder.path().join("gone/a.txt");
        assert!(matches!(outputs.stage(&gone), Err(StillError::NoFolder { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn leftovers_of_the_dead_are_swept_and_the_living_keep_theirs() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let left = folder.path().join(format!("{}left", prefix(&path)));
        fs::create_dir(&left).unwrap();
        fs::write(left.join("a.txt"), "half of").unwrap();
        let mut one = Together::default();
        fs::write(one.stage(&path).unwrap(), "one").unwrap();
        assert!(!left.exists(), "left behind by a kill");
        let mut other = Together::default();
        fs::write(other.stage(&path).unwrap(), "other").unwrap();
        one.appear().unwrap();
        other.appear().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "other");
        assert_eq!(names(folder.path()), ["a.txt"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_kept_and_what_they_lead_to_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::os::unix::fs::symlink("b.txt", at("a.txt")).unwrap();
        std::os::unix::fs::symlink(at("a.txt"), at("chain.txt")).unwrap();
        let mut outputs = Together::default();
        fs::write(outputs.stage(&at("chain.txt")).unwrap(), "whole").unwrap();
        outputs.appear().unwrap();
        assert_eq!(fs::read_link(at("a.txt")).unwrap(), Path::new("b.txt"));
        assert_eq!(fs::read_to_string(at("b.txt")).unwrap(), "whole");
        std::os::unix::fs::symlink("circle.txt", at("circle.txt")).unwrap();
        assert!(Together::default().stage(&at("circle.txt")).is_err());
    }
}
