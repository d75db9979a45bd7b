//! Readers that take a path get one.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// A folder of this process alone, below the one for temporary files (`TMPDIR`).
pub(crate) fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("seethru-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for temporary files");
        folder
    })
}

/// A file that is gone when this is dropped.
pub(crate) struct File(PathBuf);

impl File {
    /// A file with this name and contents.
    pub(crate) fn new(name: &str, contents: &[u8]) -> File {
        let path = folder().join(name);
        std::fs::write(&path, contents).expect("a temporary file");
        File(path)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
