//! Resuming: what is skipped, and what is done again.

use serde_json::Value;

use crate::batch::support::{MANIFEST, bench, clip, column, files, records, told};
use crate::program::Bench;

const CLIPS: [&str; 3] = ["a.y4m", "b.y4m", "c.y4m"];

/// A batch that is done, by the quickest method.
fn done() -> Bench {
    let bench = bench(&CLIPS);
    told(&bench, 0, &[&CLIPS[..], &["--baseline=mean"]].concat());
    bench
}

fn resumed(bench: &Bench, more: &[&str]) -> Value {
    told(bench, 0, &[&CLIPS[..], &["--resume"], more].concat())
}

#[track_caller]
fn assert_results(told: &Value, results: [&str; 3]) {
    assert_eq!(column(told, "result"), results);
}

#[test]
fn what_is_done_is_passed_over() {
    let bench = done();
    let (before, manifest) = (files(&bench, "out"), bench.read(MANIFEST));
    let told = resumed(&bench, &["--baseline=mean"]);
    assert_results(&told, ["passed-over"; 3]);
    assert_eq!(told["counts"]["passed_over"].as_u64(), Some(3));
    assert_eq!((files(&bench, "out"), bench.read(MANIFEST)), (before, manifest));
    // Threads, memory and jobs do not change a still.
    let told = resumed(&bench, &["--baseline=mean", "--threads=1", "--jobs=3", "--memory=1GiB"]);
    assert_results(&told, ["passed-over"; 3]);
}

#[test]
fn without_resume_the_folder_is_left_alone() {
    let bench = done();
    let hints = ["out already holds a batch", "--resume", "--overwrite", "-o"];
    bench.refuses(&["batch", "a.y4m", "-o", "out"], &hints);
    bench.refuses(&["batch", "a.y4m", "-o", "out", "--dry-run"], &hints);
    bench.refuses(&["batch", "a.y4m", "-o", "out", "--overwrite", "--resume"], &["--overwrite", "--resume"]);
    let told = told(&bench, 0, &["a.y4m", "--overwrite", "--baseline=mean"]);
    assert_eq!(column(&told, "result"), ["done"]);
    assert_eq!(records(&bench).len(), 1);
}

#[test]
fn a_changed_input_is_done_again() {
    let bench = done();
    let before = bench.read("out/b.png");
    clip(&bench.at("b.y4m"), 9);
    let told = resumed(&bench, &["--baseline=mean"]);
    assert_results(&told, ["passed-over", "done", "passed-over"]);
    assert_eq!(told["clips"][1]["again"], "its input changed");
    assert_ne!(bench.read("out/b.png"), before);
    assert_results(&resumed(&bench, &["--baseline=mean"]), ["passed-over"; 3]);
}

#[test]
fn a_changed_option_is_done_again() {
    let bench = done();
    let list = "video,frames\na.y4m,\nb.y4m,..5\nc.y4m,\n";
    std::fs::write(bench.at("clips.csv"), list).unwrap();
    let list = told(&bench, 0, &["--list=clips.csv", "--resume", "--baseline=mean"]);
    assert_results(&list, ["passed-over", "done", "passed-over"]);
    assert_eq!(list["clips"][1]["again"], "its options changed");
    assert_results(&resumed(&bench, &["--baseline=median", "--dry-run"]), ["planned"; 3]);
    assert_results(&resumed(&bench, &["--baseline=median"]), ["done"; 3]);
    // Without pages, and with them again.
    assert_results(&resumed(&bench, &["--baseline=median", "--no-report"]), ["done"; 3]);
    assert_results(&resumed(&bench, &["--baseline=median"]), ["done"; 3]);
}

#[test]
fn an_output_that_is_gone_or_changed_is_made_again() {
    let bench = done();
    let before = files(&bench, "out");
    std::fs::remove_file(bench.at("out/a.html")).unwrap();
    let mut picture = bench.read("out/c.png");
    *picture.last_mut().unwrap() ^= 1;
    std::fs::write(bench.at("out/c.png"), picture).unwrap();
    let told = resumed(&bench, &["--baseline=mean"]);
    assert_results(&told, ["done", "passed-over", "done"]);
    assert_eq!(column(&told, "again"), ["an output is missing", "-", "an output changed"]);
    assert_eq!(files(&bench, "out"), before);
}

#[test]
fn what_failed_is_passed_over_unless_it_may_end_otherwise() {
    let bench = bench(&["a.y4m", "c.y4m"]);
    std::fs::write(bench.at("b.mp4"), "no video").unwrap();
    let again = |status: i32, more: &[&str]| {
        told(&bench, status, &[&["a.y4m", "b.mp4", "c.y4m", "--baseline=mean"], more].concat())
    };
    assert_results(&again(2, &[]), ["done", "failed", "done"]);
    let told = again(2, &["--resume"]);
    assert_results(&told, ["passed-over", "failed-before", "passed-over"]);
    assert!(told["clips"][1]["error"].as_str().unwrap().contains("not a video"));
    assert_eq!(records(&bench).len(), 3);
    assert_results(&again(2, &["--retry-failed"]), ["passed-over", "failed", "passed-over"]);
    assert_eq!(records(&bench).len(), 4);
    // A video now.
    clip(&bench.at("d.mkv"), 1);
    std::fs::rename(bench.at("d.mkv"), bench.at("b.mp4")).unwrap();
    assert_results(&again(0, &["--resume"]), ["passed-over", "done", "passed-over"]);
}

#[test]
fn a_torn_last_line_is_cut_off_and_its_clip_done_again() {
    let bench = done();
    let (before, whole) = (files(&bench, "out"), bench.read(MANIFEST));
    let last = whole[..whole.len() - 1].iter().rposition(|&byte| byte == b'\n').unwrap() + 1;
    for length in [last + 1, last + 40, whole.len() - 1] {
        std::fs::write(bench.at(MANIFEST), &whole[..length]).unwrap();
        let told = resumed(&bench, &["--baseline=mean"]);
        assert_eq!(told["counts"]["passed_over"].as_u64(), Some(2), "{length}");
        assert_eq!((records(&bench).len(), &bench.read(MANIFEST)[..last]), (3, &whole[..last]));
    }
    assert_eq!(files(&bench, "out"), before);
    let mut broken = whole.clone();
    broken[last - 2] = b'?';
    std::fs::write(bench.at(MANIFEST), broken).unwrap();
    bench
        .refuses(&["batch", "a.y4m", "-o", "out", "--resume"], &["seethru-batch.jsonl, line", "--overwrite"]);
}

#[test]
fn what_was_done_tells_how_long_the_rest_takes() {
    let bench = done();
    clip(&bench.at("d.mkv"), 1);
    clip(&bench.at("e.mkv"), 2);
    let mixed = ["d.mkv", "e.mkv", "--resume", "--baseline=mean"];
    let none = told(&bench, 0, &[&mixed[..], &["--dry-run"]].concat());
    assert!(none["estimated_seconds"].is_null());
    told(&bench, 0, &mixed);
    clip(&bench.at("e.mkv"), 3);
    let some = told(&bench, 0, &[&mixed[..], &["--dry-run"]].concat());
    assert!(some["estimated_seconds"].as_f64().unwrap() > 0.0);
    let text = bench.succeeds(&[&["batch", "-o", "out", "--dry-run"], &mixed[..]].concat());
    assert!(text.contains("by the clips done before"), "{text}");
}
