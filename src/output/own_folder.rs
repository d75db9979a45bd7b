//! Folders for what is temporary: gone when dropped, and removed later where the program was killed.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use tempfile::TempDir;

use super::{StillError, temporary_folder};

/// A temporary folder, deleted with all in it when dropped. One that a killed program left behind is removed when the next of
/// the same beginning is made in the same place.
#[derive(Debug)]
pub struct OwnFolder {
    folder: TempDir,
    /// Locked for as long as the folder is in use (`None` where folders cannot be locked).
    _lock: Option<File>,
}

impl OwnFolder {
    /// A new folder in `within`, whose name begins with `prefix`.
    ///
    /// # Errors
    /// [`StillError::NotWritable`] or [`StillError::DiskFull`].
    pub fn create(within: &Path, prefix: &str) -> Result<OwnFolder, StillError> {
        sweep(within, prefix);
        loop {
            let folder = temporary_folder(within, prefix)?;
            let lock = File::open(folder.path()).and_then(|file| file.lock().map(|()| file)).ok();
            // Another program may have swept it away before it was locked.
            if folder.path().exists() {
                return Ok(OwnFolder { folder, _lock: lock });
            }
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes what a killed program left behind: folders of this beginning that nobody has locked.
fn sweep(folder: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(prefix) && is_left_behind(&entry.path()) {
            // Best effort: what cannot be removed is in nobody's way.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_left_behind(folder: &Path) -> bool {
    let unlocked = |file: File| -> io::Result<bool> { Ok(file.try_lock().is_ok()) };
    File::open(folder).and_then(unlocked).unwrap_or(false)
}
