//! Ctrl-C while a method runs: nothing is written, or with --keep the result so far.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use crate::embed::tables::{npy, read_npy, sheet};
use crate::program::Bench;

/// Interrupted once the descent has begun; what was printed after that.
fn interrupted(bench: &Bench, more: &[&str]) -> String {
    npy(&bench.at("rows.npy"), &[400, 3], &sheet(400));
    let args = ["embed", "tsne", "rows.npy", "-o", "out.npy", "--steps", "100000000", "-v"];
    let mut child = bench.plain_command(&[&args[..], more].concat()).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("optimizing") {
        line.clear();
        assert!(told.read_line(&mut line).unwrap() > 0, "the descent never began");
    }
    let status = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().unwrap();
    assert!(status.success());
    let mut rest = String::new();
    told.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    rest
}

#[test]
fn nothing_is_written() {
    let bench = Bench::new();
    let told = interrupted(&bench, &[]);
    assert_eq!(told.lines().last(), Some("seethru: stopped; nothing was written"), "{told}");
    assert!(!bench.at("out.npy").exists());
    bench.assert_no_temporary_files();
}

#[test]
fn what_there_is_is_kept_when_asked() {
    let bench = Bench::new();
    let told = interrupted(&bench, &["--keep"]);
    let last = told.lines().last().unwrap();
    assert!(last.starts_with("seethru: stopped early; wrote out.npy: 400 rows"), "{told}");
    let (shape, values) = read_npy(&bench.at("out.npy"));
    assert_eq!(shape, [400, 2]);
    assert!(values.iter().all(|x| x.is_finite()));
}
