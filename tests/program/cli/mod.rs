//! The program from outside: help, the plan's refusals and the exit status.

mod config;

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use tempfile::TempDir;

fn seethru(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seethru"));
    command.current_dir(folder);
    command
}

/// A folder with a stand-in for a video: these tests never decode it.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pool.mp4"), b"stands for a video").unwrap();
    folder
}

/// Runs `seethru pool.mp4 ARGS`, which has to fail with `status` and say each of `hints`.
#[track_caller]
fn refused(status: i32, args: &str, hints: &[&str]) {
    let folder = folder();
    let assert = seethru(folder.path()).arg("pool.mp4").args(args.split_whitespace()).assert().code(status);
    for hint in hints {
        let stderr = String::from_utf8_lossy(&assert.get_output().stderr);
        assert!(stderr.contains(hint), "{args}: {stderr}");
    }
    assert.stdout(is_empty());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was written");
}

#[cfg(target_os = "linux")]
#[test]
fn help_that_cannot_be_written_is_an_error() {
    let folder = folder();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_seethru"));
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = command.current_dir(folder.path()).arg("--help").stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("seethru: error: standard output cannot be written"), "{told}");
}

/// A bad plan is reported in one line.
#[track_caller]
fn bad_plan(args: &str, hints: &[&str]) {
    refused(1, args, &[&["seethru: error: "], hints].concat());
}

#[test]
fn help_shows_six_examples_and_the_exit_status() {
    let folder = folder();
    let assert = seethru(folder.path()).arg("--help").assert().success();
    let help = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    let examples = help.split("Examples:").nth(1).unwrap().split("Exit status:").next().unwrap();
    assert_eq!(examples.matches("seethru ").count(), 6, "{examples}");
    for part in [
        "--method",
        "--video",
        "--patch",
        "--centers",
        "--neighbors",
        "--cost",
        "130",
        "NO_COLOR",
        "synth",
        "completions",
    ] {
        assert!(help.contains(part), "{part}");
    }
}

#[test]
fn version_names_the_features() {
    let folder = folder();
    let version = contains(env!("CARGO_PKG_VERSION"));
    seethru(folder.path()).arg("-V").assert().success().stdout(version.clone());
    seethru(folder.path()).arg("--version").assert().success().stdout(version.and(contains("features: cli")));
}

#[test]
fn without_a_video_the_usage_is_shown() {
    let folder = folder();
    seethru(folder.path()).assert().code(2).stderr(contains("<VIDEO>"));
}

#[test]
fn bad_values_are_usage_errors() {
    refused(2, "--patch 0", &["--patch", "from 1"]);
    refused(2, "--step 0", &["--step", "from 1"]);
    refused(2, "--centers 0", &["--centers", "from 1"]);
    refused(2, "--every 0", &["--every", "from 1"]);
    refused(2, "--threads 0", &["--threads", "from 1"]);
    refused(2, "--neighbors 0", &["--neighbors", "from 1"]);
    refused(2, "--radius 0", &["--radius", "above 0"]);
    refused(2, "--choice best", &["--choice", "agree"]);
    refused(2, "--disconnected ignore", &["--disconnected", "largest"]);
    refused(2, "--baseline mode", &["--baseline", "nearest-median"]);
    refused(2, "--frames 5..3", &["--frames", "holds no frame"]);
    refused(2, "--frames 5", &["--frames", "A..B"]);
    refused(2, "--memory 4", &["--memory", "unit"]);
    refused(2, "--memory 0GiB", &["--memory", "above 0"]);
}

#[test]
fn bad_costs_are_usage_errors() {
    refused(2, "--cost cubic", &["--cost", "capacitated"]);
    refused(2, "--cost convex:capacity=0", &["capacity", "from 1"]);
    refused(2, "--cost convex:slopes=2/1", &["slopes", "rise"]);
    refused(2, "--cost quadratic:lambda=0", &["lambda", "above 0"]);
    refused(2, "--cost linear:capacity=2", &["no parameters"]);
}

#[test]
fn contradictions_are_usage_errors() {
    refused(2, "--radius 4 --neighbors 3", &["--radius", "--neighbors"]);
    refused(2, "--radius 4 --mutual", &["--radius", "--mutual"]);
    refused(2, "--baseline mean --cost linear", &["--baseline", "--cost"]);
}

#[test]
fn bad_plans_are_told_in_one_line() {
    refused(2, "--patch 8 --step 9", &["seethru: error: ", "--step 9", "--patch 8"]);
    bad_plan("-o still.xyz", &["--output", "still.xyz", "png"]);
    bad_plan("-o still", &["--output", "png"]);
    bad_plan("-o nowhere/still.png", &["--output", "nowhere"]);
    bad_plan("-o still.png --report page.txt", &["--report", ".html"]);
    bad_plan("-o still.png --report nowhere/page.html", &["--report", "nowhere"]);
}

#[test]
fn an_error_is_one_line() {
    let folder = folder();
    let one_line = predicate::function(|text: &str| text.trim_end().lines().count() == 1);
    seethru(folder.path())
        .args(["missing.mp4", "-o", "still.png"])
        .assert()
        .code(1)
        .stdout(is_empty())
        .stderr(contains("missing.mp4").and(contains("does not exist")).and(one_line));
}

/// Refused however the output is spelled or linked, and the input is untouched.
#[test]
fn the_input_is_never_overwritten() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("sub")).unwrap();
    fs::write(at("clip.png"), b"stands for a video").unwrap();
    fs::hard_link(at("clip.png"), at("hard.png")).unwrap();
    let mut names = vec!["clip.png", "./clip.png", "sub/../clip.png", "hard.png"];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("clip.png", at("soft.png")).unwrap();
        names.push("soft.png");
    }
    for name in names {
        seethru(folder.path())
            .args(["clip.png", "-o", name])
            .assert()
            .code(1)
            .stderr(contains("is the input").and(contains("--output")));
        assert_eq!(fs::read(at("clip.png")).unwrap(), b"stands for a video");
    }
}

#[test]
fn files_named_like_a_subcommand_can_be_reached() {
    let folder = folder();
    for args in [["./man", "--step=99"], ["--step=99", "--"]] {
        let mut command = seethru(folder.path());
        fs::write(folder.path().join("man"), b"stands for a video").unwrap();
        command.args(args);
        if args[1] == "--" {
            command.arg("man");
        }
        command.assert().code(2).stderr(contains("--step 99"));
    }
}

#[test]
fn completions_for_every_shell() {
    let folder = folder();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = contains("seethru").and(contains("baseline"));
        seethru(folder.path()).args(["completions", shell]).assert().success().stdout(script);
    }
    seethru(folder.path()).args(["completions", "cmd"]).assert().code(2);
}

/// Bash itself loads the script and completes by it.
#[test]
#[cfg(unix)]
fn bash_completes_subcommands_and_options() {
    let folder = folder();
    let script = seethru(folder.path()).args(["completions", "bash"]).output().unwrap().stdout;
    fs::write(folder.path().join("seethru.bash"), script).unwrap();
    for (words, completed) in [
        ("seethru qual", "quality"),
        ("seethru --displ", "--displacements"),
        ("seethru embed lap", "laplacian"),
        ("seethru embed tsne --perp", "--perplexity"),
    ] {
        let line = format!(
            "source seethru.bash; COMP_WORDS=({words}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 )); \
             _seethru seethru \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\"; echo \"${{COMPREPLY[@]}}\""
        );
        let bash = std::process::Command::new("bash")
            .args(["-c", &line])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_eq!(
            String::from_utf8_lossy(&bash.stdout).trim(),
            completed,
            "{}",
            String::from_utf8_lossy(&bash.stderr)
        );
    }
}

#[test]
fn the_manual_page_is_rendered() {
    let folder = folder();
    seethru(folder.path())
        .arg("man")
        .assert()
        .success()
        .stdout(contains(".TH seethru 1").and(contains("EXAMPLES")).and(contains("\"EXIT STATUS\"")));
    for name in ["synth", "embed", "knn", "quality", "devices", "completions", "man"] {
        let examples = contains(format!(".TH seethru-{name} 1")).and(contains(".SH EXAMPLES\n.nf\n"));
        seethru(folder.path()).args(["man", name]).assert().success().stdout(examples);
    }
    let examples = contains(".TH seethru-embed-tsne 1").and(contains("perplexity"));
    seethru(folder.path()).args(["man", "embed", "tsne"]).assert().success().stdout(examples);
    seethru(folder.path())
        .args(["man", "embed", "best"])
        .assert()
        .code(2)
        .stderr(contains("no subcommand best"));
    seethru(folder.path()).args(["man", "nothing"]).assert().code(2).stderr(contains("nothing"));
}

#[test]
fn no_color_where_no_terminal_is() {
    let folder = folder();
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "xterm")] {
        seethru(folder.path())
            .env(name, value)
            .arg("--patch=0")
            .assert()
            .code(2)
            .stderr(contains("\u{1b}[").not());
    }
}
