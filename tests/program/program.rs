//! Runs the program in a folder of its own and checks what it leaves there.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

use crate::clips::{self, gray, still, wavy};

pub fn repository(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

/// A folder to work in, and one for the program's temporary files.
pub struct Bench {
    folder: TempDir,
    temporary: TempDir,
}

impl Bench {
    pub fn new() -> Bench {
        Bench { folder: tempfile::tempdir().unwrap(), temporary: tempfile::tempdir().unwrap() }
    }

    /// With a gray clip.y4m of 48x40 and 12 frames.
    pub fn with_clip() -> Bench {
        let bench = Bench::new();
        clips::file(&bench.at("clip.y4m"), &wavy(&gray(&still(48, 40)), 12));
        bench
    }

    /// With a color pool.mkv of 96x64 and 14 frames, 25 a second, and its truth.png.
    pub fn with_pool() -> Bench {
        let bench = Bench::new();
        let truth = still(96, 64);
        clips::file(&bench.at("pool.mkv"), &wavy(&truth, 14));
        seethru::video::write_still(&bench.at("truth.png"), &truth).unwrap();
        bench
    }

    /// With a copy of a fixture of the video tests.
    pub fn with_fixture(name: &str) -> Bench {
        let bench = Bench::new();
        std::fs::copy(repository("tests/fixtures").join(name), bench.at(name)).unwrap();
        bench
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.at(name)).unwrap()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        Command::from_std(self.plain_command(args))
    }

    pub fn plain_command(&self, args: &[&str]) -> std::process::Command {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_seethru"));
        command.current_dir(self.folder.path()).env("TMPDIR", self.temporary.path()).args(args);
        command
    }

    /// Names of all that is in the folder, with the size of each file.
    pub fn contents(&self) -> Vec<(PathBuf, u64)> {
        let mut contents = Vec::new();
        list(self.folder.path(), &mut contents);
        contents.sort();
        contents
    }

    #[track_caller]
    pub fn assert_no_temporary_files(&self) {
        let mut left = Vec::new();
        list(self.temporary.path(), &mut left);
        left.extend(self.contents().into_iter().filter(|(path, _)| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".seethru"))
        }));
        assert!(left.is_empty(), "left behind: {left:?}");
    }

    /// Standard error of a run that must succeed.
    #[track_caller]
    pub fn succeeds(&self, args: &[&str]) -> String {
        let assert = self.command(args).assert().success();
        self.assert_no_temporary_files();
        String::from_utf8(assert.get_output().stderr.clone()).unwrap()
    }

    /// A run that fails with one line that contains all `hints`, and changes no file.
    #[track_caller]
    pub fn refuses(&self, args: &[&str], hints: &[&str]) {
        self.refuses_piped(args, Vec::new(), hints);
    }

    #[track_caller]
    pub fn refuses_piped(&self, args: &[&str], piped: Vec<u8>, hints: &[&str]) {
        let before = self.contents();
        let assert = self.command(args).write_stdin(piped).assert().failure();
        let output = assert.get_output();
        let told = String::from_utf8(output.stderr.clone()).unwrap();
        assert!(matches!(output.status.code(), Some(1 | 2)), "{args:?}: {}", output.status);
        assert!(told.starts_with("seethru: error: ") && told.ends_with('\n'), "{args:?}: {told}");
        assert_eq!(told.lines().count(), 1, "{args:?}: {told}");
        for hint in hints {
            assert!(told.contains(hint), "{args:?} does not say {hint}: {told}");
        }
        assert!(output.stdout.is_empty(), "{args:?}");
        assert_eq!(self.contents(), before, "{args:?}: nothing is written");
        self.assert_no_temporary_files();
    }
}

fn list(folder: &Path, contents: &mut Vec<(PathBuf, u64)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(&path, contents);
        }
        let size = path.symlink_metadata().unwrap().len();
        contents.push((path, size));
    }
}
