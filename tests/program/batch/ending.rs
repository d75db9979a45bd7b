//! How a batch ends: one bad clip, the exit status, the table, the lock, Ctrl-C.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use crate::batch::support::{MANIFEST, bench, clip, files, names, records, results, told};
use crate::program::Bench;

/// a and c are clips, b is none.
fn with_a_bad_one() -> Bench {
    let bench = bench(&["a.y4m", "c.y4m"]);
    std::fs::write(bench.at("b.mp4"), "no video").unwrap();
    bench
}

const CLIPS: [&str; 3] = ["a.y4m", "b.mp4", "c.y4m"];

#[test]
fn one_bad_clip_does_not_stop_the_rest() {
    let bench = with_a_bad_one();
    let told = told(&bench, 2, &[&CLIPS[..], &["--baseline=mean", "--no-report"]].concat());
    let results: Vec<String> = results(&told).into_iter().map(|(_, result)| result).collect();
    assert_eq!(results, ["done", "failed", "done"]);
    assert_eq!(names(&bench, "out"), ["a.json", "a.png", "c.json", "c.png"]);
    assert!(told["clips"][1]["error"].as_str().unwrap().contains("b.mp4 is not a video"));
    let counts = &told["counts"];
    assert_eq!((counts["clips"].as_u64(), counts["done"].as_u64()), (Some(3), Some(2)));
    assert_eq!((counts["failed"].as_u64(), counts["passed_over"].as_u64()), (Some(1), Some(0)));
}

#[test]
fn the_table_and_the_status_say_how_it_ended() {
    let bench = with_a_bad_one();
    let words = [&["batch", "-o", "out", "--baseline=mean"], &CLIPS[..]].concat();
    let assert = bench.command(&words).assert().code(2);
    let text = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(text.lines().all(|line| line.starts_with("seethru: ")), "{text}");
    let row = |name: &str| text.lines().rfind(|line| line.starts_with(&format!("seethru: {name} "))).unwrap();
    assert!(row("a.y4m").contains("done") && row("a.y4m").ends_with("out/a.png"), "{text}");
    assert!(row("b.mp4").contains("failed") && row("b.mp4").contains("b.mp4 is not a video"), "{text}");
    let end =
        "seethru: error: 1 of 3 clips failed: fix them and give --resume, or try again with --retry-failed";
    assert_eq!(text.lines().last(), Some(end));
    let quiet = bench.command(&[&words[..], &["--overwrite", "-q"]].concat()).assert().code(2);
    let text = String::from_utf8_lossy(&quiet.get_output().stderr).into_owned();
    let [failed, last] = text.lines().collect::<Vec<_>>()[..] else { panic!("{text}") };
    assert!(failed.starts_with("seethru: warning: ") && failed.contains("failed: b.mp4: "), "{text}");
    assert_eq!(last, end);
    std::fs::remove_file(bench.at("b.mp4")).unwrap();
    let text = bench.succeeds(&["batch", "-o", "out", "--baseline=mean", "--overwrite", "a.y4m"]);
    assert!(text.lines().last().unwrap().starts_with("seethru: 1 done, 0 failed, "), "{text}");
}

#[test]
fn the_manifest_says_what_it_took() {
    let bench = with_a_bad_one();
    told(&bench, 2, &[&CLIPS[..], &["--threads=1"]].concat());
    let records = records(&bench);
    let of = |name: &str| records.iter().find(|record| record["input"] == name).unwrap();
    let (done, failed) = (of("a.y4m"), of("b.mp4"));
    assert_eq!((done["result"].as_str(), failed["result"].as_str()), (Some("done"), Some("failed")));
    assert_eq!((done["clip"].as_str(), done["threads"].as_u64()), (Some("a.png"), Some(1)));
    assert!(done["seconds"].as_f64() > Some(0.0) && done["peak_memory"].as_u64() > Some(1 << 20));
    let stages: Vec<&str> =
        done["timings"].as_array().unwrap().iter().map(|t| t["stage"].as_str().unwrap()).collect();
    assert!(stages.starts_with(&["decode", "start", "register", "fuse"]), "{stages:?}");
    for (output, (name, bytes)) in done["outputs"].as_array().unwrap().iter().zip([
        ("a.png", bench.read("out/a.png")),
        ("a.json", bench.read("out/a.json")),
        ("a.html", bench.read("out/a.html")),
    ]) {
        assert_eq!(
            (output["file"].as_str(), output["bytes"].as_u64()),
            (Some(name), Some(bytes.len() as u64))
        );
        assert_eq!(output["sha256"].as_str().unwrap().len(), 64);
    }
    assert_eq!(failed["outputs"].as_array().unwrap().len(), 0);
    assert!(failed["error"].as_str().unwrap().contains("b.mp4"));
}

/// However it is divided, the outputs are the same to the last byte.
#[test]
fn outputs_do_not_depend_on_jobs_threads_or_the_run() {
    let bench = bench(&["a.y4m", "b.y4m"]);
    let made = |more: &[&str]| {
        told(&bench, 0, &[&["a.y4m", "b.y4m", "--overwrite"], more].concat());
        files(&bench, "out")
    };
    let once = made(&["--jobs=2", "--threads=2"]);
    assert_eq!(once.len(), 6);
    for more in [&["--jobs=1", "--threads=2"][..], &["--jobs=2", "--threads=6"], &[]] {
        for (one, other) in once.iter().zip(&made(more)) {
            assert!(one == other, "{more:?}: {} differs from {}", one.0, other.0);
        }
    }
}

#[cfg(unix)]
fn signal(child: &std::process::Child, name: &str) {
    let kill = format!("kill -{name} {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

/// Many clips, so that it is still running when it is checked.
#[cfg(unix)]
fn long() -> (Bench, Vec<String>) {
    let bench = Bench::new();
    let names: Vec<String> = (0..8).map(|number| format!("{number}.y4m")).collect();
    names.iter().enumerate().for_each(|(number, name)| clip(&bench.at(name), number));
    (bench, names)
}

/// A batch of the clips to which this many Ctrl-C come after the first clip; what it said from there, and how many were done.
#[cfg(unix)]
fn interrupted(bench: &Bench, clips: &[&str], times: usize) -> (String, usize) {
    let words = [&["batch", "-o", "out", "--jobs=1"], clips].concat();
    let mut child = bench.plain_command(&words).stderr(Stdio::piped()).spawn().unwrap();
    let mut told_lines = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("1/8 done") {
        line.clear();
        assert!(told_lines.read_line(&mut line).unwrap() > 0, "no clip was ever done");
    }
    (0..times).for_each(|_| signal(&child, "INT"));
    let mut rest = String::new();
    told_lines.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    bench.assert_no_temporary_files();
    let done = records(bench).len();
    assert!((1..8).contains(&done), "{done}");
    assert_eq!(names(bench, "out").len(), 3 * done, "whole clips only");
    (rest, done)
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_is_done() {
    let (bench, clips) = long();
    let clips: Vec<&str> = clips.iter().map(String::as_str).collect();
    let (rest, done) = interrupted(&bench, &clips, 1);
    let end = rest.lines().last().unwrap();
    assert!(end.contains("of 8 clips are done") && end.contains("--resume"), "{rest}");
    // The overview has what is done, with pictures, and names the others.
    let overview = || String::from_utf8(bench.read("out/seethru-batch.html")).unwrap();
    assert_eq!(overview().matches("Not done yet").count(), 8 - done);
    assert_eq!(overview().matches("src=\"data:image/jpeg;base64,").count(), 2 * done);
    let resumed = told(&bench, 0, &[&["--jobs=1", "--resume"], &clips[..]].concat());
    assert_eq!(resumed["counts"]["passed_over"].as_u64(), Some(done as u64));
    assert_eq!(records(&bench).len(), 8);
    assert_eq!(overview().matches("src=\"data:image/jpeg;base64,").count(), 16);
}

/// The first waits for the clips at work; the second does not, and leaves no half of one.
#[cfg(unix)]
#[test]
fn a_second_ctrl_c_does_not_wait() {
    let (bench, clips) = long();
    let clips: Vec<&str> = clips.iter().map(String::as_str).collect();
    let (rest, _) = interrupted(&bench, &clips, 2);
    assert!(rest.lines().last().unwrap().contains("--resume"), "{rest}");
    told(&bench, 0, &[&["--jobs=1", "--resume"], &clips[..]].concat());
    assert_eq!(records(&bench).len(), 8);
}

#[cfg(unix)]
#[test]
fn a_second_batch_on_the_folder_is_refused_while_the_first_runs() {
    let (bench, clips) = long();
    let clips: Vec<&str> = clips.iter().map(String::as_str).collect();
    let words = [&["batch", "-o", "out", "--jobs=1"], &clips[..]].concat();
    let mut child = bench.plain_command(&words).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    // Stands still while the others try.
    signal(&child, "STOP");
    assert!(bench.at(MANIFEST).is_file());
    for more in [&[][..], &["--resume"], &["--overwrite"]] {
        let assert = bench.command(&[&words[..], more].concat()).assert().code(1);
        let text = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(
            text.starts_with("seethru: error: another batch is writing to out") && text.lines().count() == 1,
            "{text}"
        );
    }
    // What the first one is writing lies there beside its lock.
    bench.command(&[&words[..], &["--resume", "--dry-run"]].concat()).assert().success();
    // The lock goes with the process.
    signal(&child, "KILL");
    child.wait().unwrap();
    told(&bench, 0, &[&["--resume"], &clips[..]].concat());
}
