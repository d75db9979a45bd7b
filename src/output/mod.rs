//! Files written whole or not at all, one by one or [together](Together).
//!
//! ```
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("report.txt");
//! seethru::output::write_whole(&path, b"all of it")?;
//! assert_eq!(std::fs::read(&path)?, b"all of it");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arrays;
mod own_folder;
mod together;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

pub use arrays::{Arrays, write_arrays};
pub use own_folder::OwnFolder;
pub use together::Together;

/// Why a result could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StillError {
    /// The extension names no image format.
    #[error("{}: the extension is not a known image format: use one of {known}", path.display())]
    UnknownFormat {
        /// The file.
        path: PathBuf,
        /// Extensions that are known.
        known: &'static str,
    },

    /// The folder does not exist.
    #[error("{}: the folder {} does not exist: create it first", path.display(), folder.display())]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },

    /// The folder cannot be written to.
    #[error("cannot write into the folder {}: {cause}; choose another, or change its permissions", folder.display())]
    NotWritable {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        cause: io::Error,
    },

    /// The path is a folder.
    #[error("{} is a folder: give the name of a file", path.display())]
    IsFolder {
        /// The file.
        path: PathBuf,
    },

    /// The path is a pipe or a device.
    #[error("{} is a pipe or a device: give the name of a file", path.display())]
    NotAFile {
        /// The file.
        path: PathBuf,
    },

    /// The disk is full.
    #[error("the disk is full: {} was not written; free some space and run again", path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
    },

    /// The file would be larger than the system allows.
    #[error("{} would be larger than the limit of this shell or disk: raise it (ulimit -f)", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },

    /// The file cannot be written.
    #[error("{} cannot be written: {cause}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },

    /// The picture cannot be encoded.
    #[error("{} cannot be encoded: {cause}", path.display())]
    Encode {
        /// The file.
        path: PathBuf,
        /// What the encoder said.
        cause: String,
    },

    /// The samples do not fill the picture.
    #[error("{}: the picture's {samples} samples do not make up {width}x{height} pixels", path.display())]
    BadFrame {
        /// The file.
        path: PathBuf,
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
        /// Samples given.
        samples: usize,
    },
}

/// Checks, before any work is done, whether a file can be written at `path`.
///
/// # Errors
/// If `path` is a folder, pipe or device, or its folder is missing or cannot be written to.
pub fn check_writable(path: &Path) -> Result<(), StillError> {
    temporary_beside(&target(path)?, "").map(drop)
}

/// Writes `bytes` to `path`: to a temporary file in the same folder first, which takes the
/// place of an older file only once everything is on the disk.
///
/// # Errors
/// As [`check_writable`], and for a full disk. After an error `path` is as it was before.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), StillError> {
    write_with(path, |file| file.write_all(bytes))
}

/// The same for data too large for memory: `write` receives the temporary file.
///
/// # Errors
/// As [`write_whole`], and those of `write`.
pub fn write_with(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), StillError> {
    let target = target(path)?;
    let mut file = temporary_beside(&target, "")?;
    fill(file.as_file_mut(), write, path)?;
    file.as_file().sync_all().map_err(|cause| write_error(path, cause))?;
    keep_mode(file.path(), &target);
    file.persist(&target).map_err(|failed| write_error(path, failed.error))?;
    sync_folder(&target);
    Ok(())
}

fn fill<W: Write>(
    sink: &mut W,
    write: impl FnOnce(&mut W) -> io::Result<()>,
    path: &Path,
) -> Result<(), StillError> {
    write(sink).and_then(|()| sink.flush()).map_err(|cause| write_error(path, cause))
}

/// A file that replaces another has its permissions. Best effort: the contents matter more.
pub(crate) fn keep_mode(file: &Path, older: &Path) {
    if let Ok(older) = fs::metadata(older) {
        let _ = fs::set_permissions(file, older.permissions());
    }
}

/// Symbolic links that are followed, one leading to the next, before they count as a circle.
const MOST_LINKS: usize = 40;

/// Where the file really goes: through symbolic links, which stay, also where they lead to no file yet.
pub(crate) fn target(path: &Path) -> Result<PathBuf, StillError> {
    let mut place = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(to) = fs::read_link(&place) else { break };
        place = folder_of(&place).join(to);
    }
    match fs::metadata(path) {
        // A circle of links, say.
        Err(cause) if place.is_symlink() => Err(write_error(path, cause)),
        _ => target_of(&place, path),
    }
}

/// The same for what no link stands for; errors name `path`.
fn target_of(place: &Path, path: &Path) -> Result<PathBuf, StillError> {
    match fs::metadata(place) {
        Ok(found) if found.is_dir() => Err(StillError::IsFolder { path: path.to_owned() }),
        Ok(found) if !found.is_file() => Err(StillError::NotAFile { path: path.to_owned() }),
        Ok(_) => place.canonicalize().map_err(|cause| write_error(path, cause)),
        Err(_) => {
            let folder = folder_of(place);
            if place.file_name().is_none() {
                Err(StillError::IsFolder { path: path.to_owned() })
            } else if !folder.is_dir() {
                Err(StillError::NoFolder { path: path.to_owned(), folder: folder.to_owned() })
            } else {
                Ok(place.to_owned())
            }
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// An empty file in the folder of `path`, of which the name ends in `suffix`.
pub(crate) fn temporary_beside(path: &Path, suffix: &str) -> Result<NamedTempFile, StillError> {
    let folder = folder_of(path);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".seethru-").suffix(suffix);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The mode any program creates files with; the umask applies.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder).map_err(|cause| unmade(path, cause))
}

/// A new folder in `folder`.
fn temporary_folder(folder: &Path, prefix: &str) -> Result<TempDir, StillError> {
    tempfile::Builder::new()
        .prefix(prefix)
        .tempdir_in(folder)
        .map_err(|cause| unmade(&folder.join(""), cause))
}

/// What is temporary could not be made beside `path`.
fn unmade(path: &Path, cause: io::Error) -> StillError {
    match cause.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => write_error(path, cause),
        _ => StillError::NotWritable { folder: folder_of(path).to_owned(), cause: without_path(cause) },
    }
}

/// The temporary file's own name means nothing to the user.
fn without_path(cause: io::Error) -> io::Error {
    match cause.get_ref().and_then(|inner| inner.source()) {
        Some(source) => io::Error::new(cause.kind(), source.to_string()),
        None => cause,
    }
}

fn write_error(path: &Path, cause: io::Error) -> StillError {
    let path = path.to_owned();
    match cause.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StillError::DiskFull { path },
        io::ErrorKind::FileTooLarge => StillError::TooLarge { path },
        _ => StillError::Write { path, cause },
    }
}

/// The rename itself survives a power cut only once the folder is on the disk. Not every file
/// system can do this, and the file is whole either way.
fn sync_folder(path: &Path) {
    if let Ok(folder) = File::open(folder_of(path)) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_is_named() {
        let error = fill(&mut Full, |sink| sink.write_all(b"picture"), Path::new("still.png")).unwrap_err();
        assert!(matches!(error, StillError::DiskFull { .. }));
        assert!(error.to_string().contains("disk is full"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_full_device_is_a_full_disk() {
        let mut full = File::options().write(true).open("/dev/full").unwrap();
        let error = fill(&mut full, |full| full.write_all(b"picture"), Path::new("still.png")).unwrap_err();
        assert!(matches!(error, StillError::DiskFull { .. }));
    }
}
