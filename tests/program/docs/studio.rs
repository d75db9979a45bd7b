//! A folder with all that the examples name, and a shell in it.

use std::path::{Path, PathBuf};
use std::process::Command;

use seethru::video::{Channels, Frame, Samples, write_still};
use tempfile::TempDir;

use crate::clips::{self, still, wavy};
use crate::embed::tables::{npy, sheet};

/// Rows of the tables, but for the digits.
const ROWS: usize = 120;
const CLIPS_CSV: &str =
    "video,output,stabilize,frames\nclips/harbor.mp4,harbor.png,,0..12\nclips/reef.mp4,,translation,\n";
const CLIPS_TOML: &str = r#"[[clip]]
video = "clips/harbor.mp4"
output = "harbor.png"
frames = "0..12"

[[clip]]
video = "clips/reef.mp4"
stabilize = "translation"
"#;

pub struct Studio(TempDir);

impl Studio {
    pub fn new() -> Studio {
        let studio = Studio(tempfile::tempdir().unwrap());
        studio.videos();
        studio.vectors();
        studio
    }

    /// With nothing but the samples and fixtures of a clone.
    pub fn empty() -> Studio {
        let studio = Studio(tempfile::tempdir().unwrap());
        #[cfg(unix)]
        for name in ["samples", "crates"] {
            let there = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
            std::os::unix::fs::symlink(there, studio.at(name)).unwrap();
        }
        studio
    }

    /// What is in the folder.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs one shell line, which must succeed and write what it names as output.
    #[track_caller]
    pub fn run(&self, line: &str) -> Vec<u8> {
        let program = Path::new(env!("CARGO_BIN_EXE_seethru")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", line])
            .current_dir(self.0.path())
            .env("PATH", path)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}\n{}: {told}", output.status);
        assert!(!told.contains("panicked"), "{line}\n{told}");
        for named in written(line) {
            assert!(self.at(&named).exists(), "{line}\nwrote no {named}: {told}");
        }
        output.stdout
    }

    fn videos(&self) {
        let pool = still(72, 54);
        write_still(&self.at("truth.png"), &pool).unwrap();
        write_still(&self.at("poster.png"), &pool).unwrap();
        let frames = wavy(&pool, 64);
        clips::file(&self.at("pool.mp4"), &frames);
        // As cameras and editors write one; FFmpeg looks at what is in a file, not at its name.
        clips::file(&self.at("part.mp4"), &frames[..12]);
        std::fs::rename(self.at("part.mp4"), self.at("pool.mkv")).unwrap();
        let mask = (0..72 * 54).map(|at| if at % 72 > 60 && at > 72 * 48 { 0 } else { 255 }).collect();
        let mask = Frame { width: 72, height: 54, channels: Channels::Luma, samples: Samples::U8(mask) };
        write_still(&self.at("mask.png"), &mask).unwrap();
        clips::file(&self.at("reef.mov"), &frames[..16]);
        clips::images(&self.at("frames"), &frames[..12]);
        std::fs::create_dir(self.at("clips")).unwrap();
        for (name, part) in [("harbor", &frames[..16]), ("reef", &frames[20..36])] {
            clips::file(&self.at(&format!("clips/{name}.mp4")), part);
        }
        let faces: Vec<Frame> = wavy(&still(16, 16), 40);
        clips::images(&self.at("faces"), &faces);
        std::fs::write(self.at("clips.csv"), CLIPS_CSV).unwrap();
        std::fs::write(self.at("clips.toml"), CLIPS_TOML).unwrap();
    }

    fn vectors(&self) {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/manifold/tests/fixtures/embed");
        for name in ["digits.npy", "train.npy", "test.npy", "vectors.npy", "base.npy", "new.npy"] {
            std::fs::copy(fixtures.join("tsne_digits.npy"), self.at(name)).unwrap();
        }
        std::fs::copy(fixtures.join("tsne_labels.npy"), self.at("digits_y.npy")).unwrap();
        let rows = sheet(ROWS);
        npy(&self.at("roll.npy"), &[ROWS as u64, 3], &rows);
        let flat: Vec<f64> =
            (0..ROWS).flat_map(|i| [3.0 * i as f64 / ROWS as f64, rows[3 * i + 2]]).collect();
        npy(&self.at("unrolled.npy"), &[ROWS as u64, 2], &flat);
        let mut table = "length,width,height,species\n".to_owned();
        for (i, row) in rows.chunks_exact(3).enumerate() {
            let species = ["setosa", "virginica"][i % 2];
            table += &format!("{},{},{},{species}\n", row[0], row[1], row[2]);
        }
        std::fs::write(self.at("table.csv"), table).unwrap();
    }
}

/// The files that a line names as output.
fn written(line: &str) -> Vec<String> {
    const OUTPUTS: [&str; 14] = [
        "-o",
        "--output",
        "--report",
        "--csv",
        "--truth-output",
        "--plot",
        "--video",
        "--displacements",
        "--surface",
        "--confidence",
        "--model",
        "--spectrum",
        "--shepard",
        "--dictionary",
    ];
    // A dry run writes nothing.
    if line.contains("--dry-run") {
        return Vec::new();
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let pairs = words.windows(2).filter(|pair| OUTPUTS.contains(&pair[0]));
    pairs.map(|pair| pair[1].trim_matches('\'').to_owned()).collect()
}
