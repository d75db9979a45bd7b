//! Ctrl-C: exit status 130, and no file: with one signal or with several, whatever the program waits for.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::program::{Bench, repository};

fn interrupt(child: &Child) {
    let status = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().unwrap();
    assert!(status.success());
}

/// What the child prints until its end, which must be that of an interrupted run.
#[track_caller]
fn assert_interrupted(mut child: Child, mut told: impl Read, bench: &Bench) {
    let mut rest = String::new();
    told.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    assert_eq!(rest.lines().last(), Some("seethru: stopped; nothing was written"), "{rest}");
    assert_eq!(bench.contents(), [], "no file");
    bench.assert_no_temporary_files();
}

/// Interrupted once a stage has begun that takes far longer than the signal.
#[test]
fn an_interrupted_run_leaves_nothing() {
    for (stage, more) in [("decoding", &["--step=1"][..]), ("centers", &["--step=1", "--report=page.html"])] {
        let bench = Bench::new();
        let (child, told) = at_stage(&bench, stage, more);
        interrupt(&child);
        assert_interrupted(child, told, &bench);
    }
}

/// The sample's restoration, once a stage has begun.
fn at_stage(bench: &Bench, stage: &str, more: &[&str]) -> (Child, impl Read + use<>) {
    let clip = repository("samples/wavy.mp4");
    let mut command = bench.plain_command(&["-v", "-o", "out.png", "--threads=1", clip.to_str().unwrap()]);
    let mut child = command.args(more).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains(stage) {
        line.clear();
        assert!(told.read_line(&mut line).unwrap() > 0, "{stage} never began");
    }
    (child, told)
}

/// While the last of the outputs is made: those before it have not appeared, and do not.
#[test]
fn outputs_appear_together_or_not_at_all() {
    let more =
        ["--method=mean-register", "--report=page.html", "--displacements=waves.npz", "--video=calm.mkv"];
    for times in [1, 2, 3] {
        let bench = Bench::new();
        let (child, told) = at_stage(&bench, "warping", &more);
        for _ in 0..times {
            interrupt(&child);
        }
        assert_interrupted(child, told, &bench);
    }
}

/// A hard kill leaves files behind; the next run of the same output takes them away.
#[test]
fn leftovers_of_a_kill_are_swept() {
    let bench = Bench::new();
    let more = ["--method=mean-register", "--video=calm.mkv"];
    let (mut child, _told) = at_stage(&bench, "warping", &more);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!bench.contents().is_empty(), "the kill came too late to leave anything");
    let clip = repository("samples/wavy.mp4");
    let args = [clip.to_str().unwrap(), "-o", "out.png", "--video", "calm.mkv", "--method", "mean-register"];
    bench.succeeds(&args);
    assert_eq!(bench.contents().len(), 2);
}

/// The time from the signal to the end of a program that waits for what never comes.
#[track_caller]
fn interrupted_while_it_waits(mut command: Command, bench: &Bench) {
    let before = bench.contents();
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut told = child.stderr.take().unwrap();
    std::thread::sleep(Duration::from_millis(400));
    interrupt(&child);
    let start = Instant::now();
    let mut rest = String::new();
    told.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    // A second at most on an idle machine.
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    assert_eq!(rest, "seethru: stopped; nothing was written\n");
    assert_eq!(bench.contents(), before);
    bench.assert_no_temporary_files();
}

#[test]
fn a_pipe_that_stalls_is_left_at_once() {
    let bench = Bench::new();
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(b"YUV4MPEG2 W64 H48 F25:1 Cmono\nFRAME\n").unwrap();
    let mut command = bench.plain_command(&["-", "-o", "out.png"]);
    command.stdin(reader);
    interrupted_while_it_waits(command, &bench);
    drop(writer);
}

#[test]
fn a_table_that_never_comes_is_left_at_once() {
    let bench = Bench::new();
    for name in ["rows.npy", "list.csv"] {
        assert!(Command::new("mkfifo").arg(bench.at(name)).status().unwrap().success());
    }
    std::fs::write(bench.at("table.csv"), "1,2\n3,4\n5,7\n").unwrap();
    for args in [
        &["embed", "pca", "rows.npy", "-o", "out.npy"][..],
        &["knn", "rows.npy", "-o", "out.npz"],
        &["embed", "pca", "table.csv", "--labels", "rows.npy", "-o", "out.npy", "--plot", "out.svg"],
        &["embed", "pca", "table.csv", "--config", "rows.npy", "-o", "out.npy"],
        &["batch", "--list", "list.csv", "-o", "out"],
    ] {
        interrupted_while_it_waits(bench.plain_command(args), &bench);
    }
}

/// Forty folders, each in the one before: the parts of the pattern fit them in millions of ways, and none leads to a file.
#[test]
fn a_search_without_end_is_left_at_once() {
    let bench = Bench::new();
    std::fs::create_dir_all(bench.at(&"d/".repeat(40))).unwrap();
    let pattern = format!("{}**/x.png", "**/d/".repeat(8));
    std::fs::write(bench.at("list.csv"), format!("video\n{pattern}\n")).unwrap();
    for args in [
        &["batch", &pattern, "-o", "out"][..],
        &["batch", "--list=list.csv", "-o", "out"],
        &[&pattern, "-o", "out.png"],
    ] {
        interrupted_while_it_waits(bench.plain_command(args), &bench);
    }
}

/// A pipe that never ends is not read any further.
#[test]
fn an_endless_pipe_can_be_interrupted() {
    let bench = Bench::new();
    let mut command = bench.plain_command(&["-", "-o", "out.png"]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let told = child.stderr.take().unwrap();
    pipe.write_all(b"YUV4MPEG2 W64 H48 F25:1 Cmono\n").unwrap();
    let frame = [&b"FRAME\n"[..], &[90; 64 * 48]].concat();
    for number in 0.. {
        if number == 50 {
            interrupt(&child);
        }
        assert!(number < 100_000, "it reads on and on");
        if pipe.write_all(&frame).is_err() {
            break;
        }
    }
    assert_interrupted(child, told, &bench);
}
