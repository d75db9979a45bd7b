//! The manifest: one line of JSON per clip that ended, written and on the disk only after the clip's
//! outputs are. It is locked while a batch runs; the lock goes with the process, however that ends.
//!
//! The first line says what the file is. Of several lines for one clip the last one counts. A line
//! that a kill tore is at the end, and is cut off when the batch goes on.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use serde::{Deserialize, Serialize};

use crate::cli::bounded::read_list_of;

/// Its name in the output folder.
pub(crate) const NAME: &str = "seethru-batch.jsonl";
/// Name and version of its lines' shape.
const SCHEMA: &str = "seethru.batch-manifest/1";

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) schema: String,
    pub(crate) version: String,
    /// The command line that began the batch.
    pub(crate) command: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    Done,
    Failed,
}

/// How one clip ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// Its picture's name below the output folder.
    pub(crate) clip: String,
    pub(crate) result: Outcome,
    pub(crate) input: String,
    /// `None` if it could not be read.
    pub(crate) input_sha256: Option<String>,
    pub(crate) options_sha256: String,
    pub(crate) outputs: Vec<Output>,
    pub(crate) seconds: f64,
    pub(crate) timings: Vec<StageSeconds>,
    pub(crate) frames: Option<usize>,
    /// Of the clip; `jobs` such clips ran at a time.
    pub(crate) threads: usize,
    pub(crate) jobs: usize,
    pub(crate) memory_estimate: Option<u64>,
    /// Highest resident memory of the whole process by then.
    pub(crate) peak_memory: Option<u64>,
    /// What there is to know although it went well.
    #[serde(default)]
    pub(crate) warnings: Vec<String>,
    pub(crate) error: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Output {
    /// Below the output folder.
    pub(crate) file: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct StageSeconds {
    pub(crate) stage: String,
    pub(crate) seconds: f64,
}

/// The last record of each clip.
pub(crate) type Records = HashMap<String, Record>;

/// What a file holds.
#[derive(Debug, Default)]
struct Contents {
    header: bool,
    records: Records,
    /// Bytes of lines that are whole.
    whole: u64,
}

/// What is done with a manifest that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Fresh,
    Resume,
    Overwrite,
}

/// A manifest that this process alone writes to.
#[derive(Debug)]
pub(crate) struct Manifest {
    file: File,
    path: PathBuf,
}

/// The records in `folder` as a batch in this mode would find them, without touching anything.
///
/// # Errors
/// If there is a manifest that the mode does not allow, another batch writes to it, or it is none.
pub(crate) fn look(folder: &Path, mode: Mode) -> Result<Records> {
    let path = folder.join(NAME);
    let Some(mut file) = existing(&path)? else { return Ok(Records::new()) };
    if let Err(TryLockError::WouldBlock) = file.try_lock_shared() {
        bail!(busy(folder));
    }
    Ok(allowed(read(&mut file, &path), folder, mode)?.records)
}

/// What is recorded by now, even while a batch runs.
pub(crate) fn peek(folder: &Path, mode: Mode) -> Result<Records> {
    let path = folder.join(NAME);
    let Some(mut file) = existing(&path)? else { return Ok(Records::new()) };
    Ok(allowed(read(&mut file, &path), folder, mode)?.records)
}

fn existing(path: &Path) -> Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| unread(path)),
    }
}

/// Takes the manifest of `folder`, which is there, for this process, with what is recorded in it.
///
/// # Errors
/// As [`look`], and if it cannot be written.
pub(crate) fn claim(folder: &Path, mode: Mode, command: &str) -> Result<(Manifest, Records)> {
    let path = folder.join(NAME);
    let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
    let mut file = open.with_context(|| unwritten(&path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => bail!(busy(folder)),
        Err(TryLockError::Error(error)) => {
            return Err(error).with_context(|| format!("{} cannot be locked", path.display()));
        }
    }
    let contents = allowed(read(&mut file, &path), folder, mode)?;
    // What a kill tore goes.
    file.set_len(contents.whole).with_context(|| unwritten(&path))?;
    file.seek(SeekFrom::Start(contents.whole)).with_context(|| unwritten(&path))?;
    let mut manifest = Manifest { file, path };
    if !contents.header {
        manifest.line(&Header {
            schema: SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command: command.to_owned(),
        })?;
    }
    sync_folder(folder);
    Ok((manifest, contents.records))
}

/// What the mode makes of what was found.
fn allowed(found: Result<Contents>, folder: &Path, mode: Mode) -> Result<Contents> {
    match mode {
        Mode::Overwrite => Ok(Contents::default()),
        Mode::Resume => found,
        Mode::Fresh => {
            ensure!(
                found.is_ok_and(|contents| !contents.header),
                "{} already holds a batch: continue it with --resume, start over with --overwrite, or give another \
                 folder with -o",
                folder.display()
            );
            Ok(Contents::default())
        }
    }
}

impl Manifest {
    /// Appends how a clip ended; it is on the disk afterwards.
    pub(crate) fn append(&mut self, record: &Record) -> Result<()> {
        self.line(record)
    }

    fn line(&mut self, line: &impl Serialize) -> Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data());
        written.with_context(|| unwritten(&self.path))
    }
}

fn read(file: &mut File, path: &Path) -> Result<Contents> {
    let bytes = read_list_of(&mut *file).with_context(|| unread(path))?;
    let mut contents = Contents::default();
    let whole = |line: &&[u8]| line.ends_with(b"\n");
    for (at, line) in bytes.split_inclusive(|&byte| byte == b'\n').take_while(whole).enumerate() {
        ensure!(
            contents.take(line),
            "{}, line {}: not a manifest line of this version: start over with --overwrite, or give another \
             folder with -o",
            path.display(),
            at + 1
        );
    }
    Ok(contents)
}

impl Contents {
    /// Whether the line is what it has to be.
    fn take(&mut self, line: &[u8]) -> bool {
        if self.header {
            let Ok(record) = serde_json::from_slice::<Record>(line) else { return false };
            self.records.insert(record.clip.clone(), record);
        } else {
            let header = serde_json::from_slice::<Header>(line);
            self.header = header.is_ok_and(|header| header.schema == SCHEMA);
        }
        self.whole += line.len() as u64;
        self.header
    }
}

fn busy(folder: &Path) -> String {
    format!(
        "another batch is writing to {}: wait until it ends, or give another folder with -o",
        folder.display()
    )
}

fn unread(path: &Path) -> String {
    format!("{} cannot be read", path.display())
}

fn unwritten(path: &Path) -> String {
    format!("{} cannot be written", path.display())
}

/// A new name is on the disk once its folder is. Not every file system can do this.
pub(crate) fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(clip: &str, result: Outcome) -> Record {
        Record {
            clip: clip.to_owned(),
            result,
            input: "pool.mp4".to_owned(),
            input_sha256: None,
            options_sha256: String::new(),
            outputs: Vec::new(),
            seconds: 0.5,
            timings: Vec::new(),
            frames: None,
            threads: 1,
            jobs: 2,
            memory_estimate: None,
            peak_memory: None,
            warnings: Vec::new(),
            error: None,
        }
    }

    #[test]
    fn of_several_lines_the_last_counts() {
        let folder = tempfile::tempdir().unwrap();
        let (mut manifest, records) = claim(folder.path(), Mode::Fresh, "seethru batch").unwrap();
        assert!(records.is_empty());
        manifest.append(&record("a.png", Outcome::Failed)).unwrap();
        manifest.append(&record("b.png", Outcome::Done)).unwrap();
        manifest.append(&record("a.png", Outcome::Done)).unwrap();
        drop(manifest);
        let (_manifest, records) = claim(folder.path(), Mode::Resume, "").unwrap();
        assert_eq!(records["a.png"], record("a.png", Outcome::Done));
        assert_eq!(records.len(), 2);
    }

    #[test]
    fn wherever_a_line_is_torn_those_before_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        let (mut manifest, _) = claim(folder.path(), Mode::Fresh, "seethru batch").unwrap();
        manifest.append(&record("a.png", Outcome::Done)).unwrap();
        drop(manifest);
        let bytes = std::fs::read(&path).unwrap();
        let header = 1 + bytes.iter().position(|&byte| byte == b'\n').unwrap();
        for length in 0..=bytes.len() {
            std::fs::write(&path, &bytes[..length]).unwrap();
            let (mut manifest, records) = claim(folder.path(), Mode::Resume, "seethru batch").unwrap();
            assert_eq!(records.len(), usize::from(length == bytes.len()), "{length} bytes");
            manifest.append(&record("a.png", Outcome::Done)).unwrap();
            drop(manifest);
            let repaired = std::fs::read(&path).unwrap();
            let lines =
                if length == bytes.len() { [&bytes, &bytes[header..]].concat() } else { bytes.clone() };
            assert_eq!(repaired, lines, "{length} bytes");
        }
    }

    #[test]
    fn what_is_no_manifest_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        for text in [
            "{\"my\": \"data\"}\n",
            "{\"schema\":\"seethru.batch-manifest/9\",\"version\":\"\",\"command\":\"\"}\n",
        ] {
            std::fs::write(&path, text).unwrap();
            for mode in [Mode::Fresh, Mode::Resume] {
                let error = claim(folder.path(), mode, "").unwrap_err().to_string();
                assert!(error.contains("--overwrite"), "{error}");
            }
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn one_batch_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = claim(folder.path(), Mode::Fresh, "").unwrap();
        for error in [
            claim(folder.path(), Mode::Resume, "").unwrap_err(),
            claim(folder.path(), Mode::Overwrite, "").unwrap_err(),
            look(folder.path(), Mode::Resume).unwrap_err(),
        ] {
            assert!(error.to_string().contains("another batch"), "{error}");
        }
        peek(folder.path(), Mode::Resume).unwrap();
        drop(first);
        claim(folder.path(), Mode::Resume, "").unwrap();
    }
}
