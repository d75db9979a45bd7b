//! `--auto` does what `seethru info` suggests.

use serde_json::Value;

use crate::clips::{file, gray, still, wavy};
use crate::info::info;
use crate::program::Bench;

/// The report of a run, and what it printed.
#[track_caller]
fn report(bench: &Bench, args: &[&str]) -> (Value, String) {
    let assert = bench.command(&[args, &["--json"]].concat()).assert().success();
    let output = assert.get_output();
    bench.assert_no_temporary_files();
    (serde_json::from_slice(&output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Twenty frames of which every second one is a copy.
fn bench() -> Bench {
    let bench = Bench::new();
    let clip = wavy(&gray(&still(64, 48)), 10);
    let doubled: Vec<_> = clip.iter().flat_map(|frame| [frame.clone(), frame.clone()]).collect();
    file(&bench.at("pool.y4m"), &doubled);
    bench
}

#[test]
fn it_equals_the_suggested_options_given_by_hand() {
    let bench = bench();
    for more in [&[][..], &["--method", "centers"], &["--frames", "0..12", "--centers", "2"]] {
        let told = info(&bench, &[&["pool.y4m"], more].concat());
        let options: Vec<String> = told["suggestion"]["options"]
            .as_array()
            .unwrap()
            .iter()
            .map(|word| word.as_str().unwrap().to_owned())
            .collect();
        let by_hand: Vec<&str> = options.iter().map(String::as_str).collect();
        let (auto, said) = report(&bench, &[&["pool.y4m", "-o", "a.tif", "--auto"], more].concat());
        let (hand, _) = report(&bench, &[&["pool.y4m", "-o", "b.tif"], more, &by_hand].concat());
        assert_eq!(auto["settings"], hand["settings"], "{more:?}");
        assert!(bench.read("a.tif") == bench.read("b.tif"), "{more:?}: the pictures differ");
        let lines: Vec<&str> = said.lines().filter(|line| !line.contains("too few to tell")).collect();
        assert_eq!(lines.len(), 2, "{said}");
        let chosen = options.join(" ");
        assert!(lines[0].starts_with(&format!("seethru: --auto chose {chosen} (waves of ")), "{said}");
        // The command that repeats it measures nothing.
        let command = auto["command"].as_str().unwrap();
        assert!(command.contains(&chosen) && !command.contains("--auto"), "{command}");
    }
}

#[test]
fn what_is_given_wins() {
    let bench = bench();
    // Half of the frames would be fewer than a graph of eight neighbors has.
    let (_, said) =
        report(&bench, &["pool.y4m", "-o", "a.png", "--auto", "--frames", "0..12", "--centers", "2"]);
    assert!(!said.contains("--every"), "{said}");
    let given = ["--patch", "12", "--every", "1", "--centers", "1"];
    let (report, said) = report(&bench, &[&["pool.y4m", "-o", "a.png", "--auto"], &given[..]].concat());
    let settings = &report["settings"];
    let centers = &settings["method"]["centers"];
    assert_eq!((&centers["patch"], &centers["step"]), (&12.into(), &6.into()));
    assert_eq!(settings["frames"]["every"], 1);
    assert_eq!(settings["method"]["centers"]["centers"], 1);
    assert!(said.contains("--auto chose --step=6 ("), "{said}");
}

#[test]
fn options_of_a_configuration_count_as_given() {
    let bench = bench();
    std::fs::write(bench.at("seethru.toml"), "auto = true\n[restore]\nevery = 3\n").unwrap();
    let (report, said) = report(&bench, &["pool.y4m", "-o", "a.png"]);
    assert_eq!(report["settings"]["frames"]["every"], 3);
    assert!(said.contains("--auto chose --method=register ("), "{said}");
    let command = report["command"].as_str().unwrap();
    assert!(command.contains("--every=3") && !command.contains("--auto"), "{command}");
}

#[test]
fn a_pipe_can_be_measured_too() {
    let bench = bench();
    bench.succeeds(&["pool.y4m", "--auto", "-o", "a.tif"]);
    let args = ["-", "--auto", "-o", "b.tif"];
    bench.command(&args).write_stdin(bench.read("pool.y4m")).assert().success();
    assert!(bench.read("a.tif") == bench.read("b.tif"));
    bench.assert_no_temporary_files();
}

#[test]
fn quiet_is_quiet_and_what_fails_fails_in_one_line() {
    let bench = bench();
    assert_eq!(bench.succeeds(&["pool.y4m", "--auto", "-q", "--method", "centers", "-o", "a.png"]), "");
    bench.refuses(&["pool.y4m", "--auto", "--frames", "50..", "-o", "b.png"], &["--frames", "0..20"]);
    file(&bench.at("still.y4m"), &vec![gray(&still(48, 40)); 5]);
    bench.refuses(&["still.y4m", "--auto", "-q", "-o", "b.png"], &["identical"]);
}

#[test]
fn a_clip_of_which_nothing_can_be_made_is_refused_in_one_line() {
    let bench = Bench::new();
    file(&bench.at("flat.mkv"), &vec![gray(&still(64, 48)); 8]);
    bench.refuses(&["flat.mkv", "--auto", "-o", "still.png"], &["flat.mkv", "identical"]);
    std::fs::write(bench.at("bad.mp4"), "no video").unwrap();
    bench.refuses(&["bad.mp4", "--auto", "-o", "still.png"], &["bad.mp4 is not a video"]);
}
