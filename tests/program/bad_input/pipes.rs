//! Video through standard input.

use crate::clips::bytes;
use crate::program::Bench;

const PIPED: [&str; 3] = ["-", "-o", "out.png"];

fn y4m() -> (Bench, Vec<u8>) {
    let bench = Bench::with_clip();
    let piped = bench.read("clip.y4m");
    (bench, piped)
}

#[test]
fn a_pipe_is_the_file() {
    let (bench, piped) = y4m();
    let assert = bench.command(&PIPED).write_stdin(piped).assert().success();
    assert!(String::from_utf8_lossy(&assert.get_output().stderr).contains("wrote out.png: 12 frames"));
    bench.assert_no_temporary_files();
    bench.succeeds(&["clip.y4m", "-o", "file.png"]);
    let picture = |name: &str| seethru::synth::load_still(&bench.at(name), None).unwrap();
    assert!(picture("out.png") == picture("file.png"));
    assert_eq!(bytes(&picture("out.png")).len(), 48 * 40);
}

#[test]
fn what_is_no_y4m_is_refused() {
    let (bench, piped) = y4m();
    bench.refuses_piped(&PIPED, Vec::new(), &["standard input is empty"]);
    bench.refuses_piped(&PIPED, b"words".repeat(999), &["standard input", "YUV4MPEG2", "ffmpeg -i"]);
    bench.refuses_piped(&PIPED, piped[..20].to_vec(), &["standard input", "YUV4MPEG2"]);
    bench.refuses_piped(&["-"], piped, &["no file name can be made from -", "--output"]);
}

#[test]
fn a_broken_stream_is_refused() {
    let (bench, mut piped) = y4m();
    let header = piped.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    let frame = 48 * 40 + "FRAME\n".len();
    let third = header + 3 * frame;
    piped[third..third + 40].fill(b'x');
    bench.refuses_piped(&PIPED, piped, &["standard input", "at frame 3", "write it again"]);
}

#[test]
fn a_stream_that_is_cut_off_is_restored_with_a_warning() {
    let (bench, piped) = y4m();
    let cut = piped[..piped.len() - 100].to_vec();
    let assert = bench.command(&PIPED).write_stdin(cut).assert().success();
    let told = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(told.contains("seethru: warning: ") && told.contains("the 11 whole frames"), "{told}");
    bench.assert_no_temporary_files();
}

#[test]
fn a_folder_for_temporary_files_that_is_missing_is_named() {
    let (bench, piped) = y4m();
    let missing = bench.at("gone");
    let assert = bench.command(&PIPED).env("TMPDIR", &missing).write_stdin(piped).assert().failure();
    let told = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(told.contains("gone") && told.contains("TMPDIR") && told.lines().count() == 1, "{told}");
}

/// A hard kill leaves the frames that came so far behind; the next pipe takes them away.
#[test]
fn frames_left_by_a_kill_are_swept() {
    use std::io::Write as _;
    let (bench, piped) = y4m();
    let folder = bench.at("temporary");
    std::fs::create_dir(&folder).unwrap();
    let count = || std::fs::read_dir(&folder).unwrap().count();
    let mut command = bench.plain_command(&PIPED);
    let mut child = command.env("TMPDIR", &folder).stdin(std::process::Stdio::piped()).spawn().unwrap();
    child.stdin.as_mut().unwrap().write_all(&piped).unwrap();
    while count() == 0 {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(count(), 1);
    bench.command(&PIPED).env("TMPDIR", &folder).write_stdin(piped).assert().success();
    assert_eq!(count(), 0);
}
