//! A folder of small clips, and what a batch leaves of them.

use std::path::Path;

use serde_json::Value;

use crate::clips::{file, gray, still, wavy};
use crate::program::Bench;

pub const MANIFEST: &str = "out/seethru-batch.jsonl";

/// With gray clips of 32x24 pixels; each is different.
pub fn bench(names: &[&str]) -> Bench {
    let bench = Bench::new();
    for (number, name) in names.iter().enumerate() {
        clip(&bench.at(name), number);
    }
    bench
}

pub fn clip(path: &Path, number: usize) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    file(path, &wavy(&gray(&still(32 + number, 24)), 6));
}

/// The batch of a run that exits with `status`, as its JSON tells.
#[track_caller]
pub fn told(bench: &Bench, status: i32, args: &[&str]) -> Value {
    let assert = bench.command(&[&["batch", "--json", "-o", "out"], args].concat()).assert().code(status);
    bench.assert_no_temporary_files();
    let told: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    assert_eq!(told["schema"], "seethru.batch/2");
    assert!(told["command"].as_str().unwrap().starts_with("seethru batch "));
    told
}

/// Input and result of each clip.
pub fn results(told: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let clips = told["clips"].as_array().unwrap();
    clips.iter().map(|clip| (text(&clip["input"]), text(&clip["result"]))).collect()
}

/// A column of the clips.
pub fn column<'a>(told: &'a Value, name: &str) -> Vec<&'a str> {
    told["clips"].as_array().unwrap().iter().map(|clip| clip[name].as_str().unwrap_or("-")).collect()
}

/// The manifest's records.
pub fn records(bench: &Bench) -> Vec<Value> {
    let text = String::from_utf8(bench.read(MANIFEST)).unwrap();
    assert!(text.ends_with('\n'));
    let mut lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    let header: Value = lines.next().unwrap();
    assert_eq!(header["schema"], "seethru.batch-manifest/1");
    lines.collect()
}

/// All files below a folder but those about the whole batch, with their bytes.
pub fn files(bench: &Bench, folder: &str) -> Vec<(String, Vec<u8>)> {
    let root = bench.at(folder);
    let all = bench.contents().into_iter().filter(|(path, _)| path.starts_with(&root) && path.is_file());
    let named = all.map(|(path, _)| (path.strip_prefix(&root).unwrap().display().to_string(), path));
    let kept = named.filter(|(name, _)| !name.starts_with("seethru-batch."));
    kept.map(|(name, path)| (name, std::fs::read(path).unwrap())).collect()
}

pub fn names(bench: &Bench, folder: &str) -> Vec<String> {
    files(bench, folder).into_iter().map(|(name, _)| name).collect()
}
