//! Ctrl-C: exit status 130, and no file.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use crate::program::{Bench, repository};

/// Interrupted while the first frames are read, and after some methods are done.
#[test]
fn an_interrupted_comparison_leaves_nothing() {
    for seen in ["decoding", "2 of 9: "] {
        let bench = Bench::new();
        let clip = repository("samples/wavy.mp4");
        let args = ["compare", clip.to_str().unwrap(), "-v", "--threads", "1", "--step", "1"];
        let outputs = ["--report", "page.html", "--csv", "measurements.csv", "--pictures", "single"];
        let mut command = bench.plain_command(&[&args[..], &outputs[..]].concat());
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut told = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains(seen) {
            line.clear();
            assert!(told.read_line(&mut line).unwrap() > 0, "{seen} never came");
        }
        let kill = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().unwrap();
        assert!(kill.success());
        let (mut rest, mut printed) = (String::new(), String::new());
        told.read_to_string(&mut rest).unwrap();
        child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
        assert_eq!(rest.lines().last(), Some("seethru: stopped; nothing was written"), "{rest}");
        assert_eq!((bench.contents(), printed.as_str()), (Vec::new(), ""), "no file, no table");
        bench.assert_no_temporary_files();
    }
}
