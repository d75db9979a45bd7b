//! Ctrl-C: exit status 130, and no file.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

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
        let clip = repository("samples/wavy.mp4");
        let mut command =
            bench.plain_command(&["-v", "-o", "out.png", "--threads=1", clip.to_str().unwrap()]);
        let mut child = command.args(more).stderr(Stdio::piped()).spawn().unwrap();
        let mut told = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains(stage) {
            line.clear();
            assert!(told.read_line(&mut line).unwrap() > 0, "{stage} never began");
        }
        interrupt(&child);
        assert_interrupted(child, told, &bench);
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
