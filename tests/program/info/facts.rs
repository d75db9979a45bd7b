//! What is in a file, and what is wrong with it.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::clips::{changed, deep, file, gray, images, still, wavy};
use crate::info::info;
use crate::program::{Bench, repository};

#[test]
fn the_fixtures_are_what_they_are() {
    let cases = [
        ("ffv1-34x22-yuv420p.mkv", "matroska,webm", "ffv1", (34, 22), [17, 11], "rgb", "eight", 5),
        ("ffv1-34x22-sar3-2.mkv", "matroska,webm", "ffv1", (51, 22), [51, 22], "rgb", "eight", 5),
        ("ffv1-32x16-gray16.mkv", "matroska,webm", "ffv1", (32, 16), [2, 1], "luma", "sixteen", 3),
        ("h264-33x21-odd.mp4", "mov,mp4,m4a,3gp,3g2,mj2", "h264", (33, 21), [11, 7], "rgb", "eight", 10),
    ];
    for (name, container, codec, (width, height), aspect, channels, depth, frames) in cases {
        let bench = Bench::with_fixture(name);
        let told = info(&bench, &[name]);
        let input = &told["input"];
        assert_eq!((&input["file"], &input["container"]), (&json!(name), &json!(container)));
        assert_eq!((&input["codec"], &input["aspect"]), (&json!(codec), &json!(aspect)), "{name}");
        assert_eq!((&input["width"], &input["height"]), (&json!(width), &json!(height)), "{name}");
        assert_eq!((&input["channels"], &input["depth"]), (&json!(channels), &json!(depth)), "{name}");
        assert_eq!((&told["frames"]["read"], &told["frames"]["announced"]), (&json!(frames), &json!(frames)));
        assert_eq!(told["frames"]["complete"], json!(true));
    }
}

#[test]
fn the_sample_is_told_in_words() {
    let bench = Bench::new();
    let clip = repository("samples/wavy.mp4").display().to_string();
    let assert = bench.command(&["info", &clip]).assert().success();
    let text = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    for part in ["320 x 240 pixels (4:3), color, 8 bits", "80, ", "of 255", "root mean square", "suggested"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(text.contains("--method    ") && text.contains("about ") && text.contains("MiB"), "{text}");
    let command = text.lines().last().unwrap().trim();
    assert!(command.starts_with(&format!("seethru {clip} --method=register")), "{command}");
    assert!(text.lines().all(|line| line.chars().count() < 160), "{text}");
}

#[test]
fn the_schema_keeps_its_fields() {
    let bench = Bench::with_clip();
    let told = info(&bench, &["clip.y4m"]);
    let keys = |value: &Value| {
        let mut keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort_unstable();
        keys.join(" ")
    };
    assert_eq!(
        (&told["schema"], &told["version"]),
        (&json!("seethru.info/2"), &json!(env!("CARGO_PKG_VERSION")))
    );
    for (field, fields) in [
        ("", "camera command cost frames input light problem schema suggestion version warnings waves"),
        ("/input", "aspect channels codec container depth duration file frame_rate height left_out width"),
        ("/frames", "announced complete new_every read repeated seen"),
        ("/light", "flicker high low mean saturated"),
        ("/camera", "largest motion rms share"),
        ("/waves", "first frames largest last lost near_still residual rms shrink wavelength"),
        ("/suggestion", "command frames method options patch reasons stabilize step"),
        ("/cost", "bands frames memory seconds timed"),
    ] {
        assert_eq!(keys(told.pointer(field).unwrap()), fields, "{field}");
    }
}

#[test]
fn light_is_measured_in_gray_levels_of_any_depth() {
    let bench = Bench::new();
    let clip = wavy(&gray(&still(48, 40)), 6);
    // Every other frame darker by 20 of the mean of what there is.
    let flickering = changed(&clip, |frame, _, value| 0.5 * value + if frame % 2 == 0 { 60.0 } else { 40.0 });
    file(&bench.at("clip.mkv"), &flickering);
    let deep: Vec<_> = flickering.iter().map(deep).collect();
    images(&bench.at("deep"), &deep);
    for name in ["clip.mkv", "deep"] {
        let light = &info(&bench, &[name])["light"];
        let at = |field: &str| light[field].as_f64().unwrap();
        assert!((at("flicker") - 10.0).abs() < 1.0, "{name}: {light}");
        assert!(at("low") >= 40.0 && at("low") < at("mean") && at("mean") < at("high"), "{name}: {light}");
        assert_eq!(at("saturated"), 0.0);
    }
}

#[test]
fn a_clip_in_which_nothing_moves_is_described_all_the_same() {
    let bench = Bench::new();
    let frame = gray(&still(48, 40));
    file(&bench.at("still.y4m"), &vec![frame.clone(); 6]);
    file(&bench.at("two.y4m"), &wavy(&frame, 2));
    for (name, why) in [("still.y4m", "all frames are alike"), ("two.y4m", "2 frames are too few")] {
        assert!(info(&bench, &[name])["waves"].is_null());
        let assert = bench.command(&["info", name]).assert().success();
        let text = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
        assert!(text.contains(why), "{text}");
    }
}

#[test]
fn too_few_frames_are_a_problem_and_not_a_suggestion() {
    let bench = Bench::new();
    file(&bench.at("one.y4m"), &wavy(&gray(&still(48, 40)), 1));
    let told = info(&bench, &["one.y4m"]);
    assert!(told["problem"].as_str().unwrap().contains("at least 3"), "{told}");
    assert!(told["suggestion"]["command"].is_null() && told["cost"].is_null(), "{told}");
    let assert = bench.command(&["info", "one.y4m"]).assert().success();
    let text = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    assert!(text.contains("cannot be done") && !text.contains("seethru one.y4m"), "{text}");
}

#[test]
fn a_range_that_ends_after_the_clip_is_told() {
    let bench = Bench::with_clip();
    let warning = "frames 0..90 were asked for, but there are only 12";
    let told = info(&bench, &["clip.y4m", "--frames", "0..90"]);
    assert!(told["warnings"][0].as_str().unwrap().starts_with(warning), "{}", told["warnings"]);
    assert_eq!(info(&bench, &["clip.y4m", "--frames", "0..12"])["warnings"], json!([]));
    let words = ["clip.y4m", "--frames", "0..90", "--baseline", "mean", "-o", "mean.png"];
    let assert = bench.command(&words).assert().success();
    let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(said.contains(warning), "{said}");
}

#[test]
fn what_can_not_be_read_is_refused_in_one_line() {
    let bench = Bench::with_clip();
    std::fs::write(bench.at("text.mp4"), "no video at all").unwrap();
    bench.refuses(&["info", "gone.mp4"], &["gone.mp4"]);
    bench.refuses(&["info", "text.mp4"], &["text.mp4"]);
    bench.refuses(&["info", "clip.y4m", "--frames", "90.."], &["--frames", "0..12"]);
    bench.refuses(&["info", "clip.y4m", "--patch", "8", "--step", "9"], &["--step 9"]);
    bench.refuses(&["info"], &["VIDEO"]);
    bench.refuses_piped(&["info", "-"], b"not a stream".to_vec(), &["standard input"]);
}

#[test]
fn a_pipe_is_told_of_as_a_file_is() {
    let bench = Bench::with_clip();
    let of_file = info(&bench, &["clip.y4m"]);
    let args = ["info", "-", "--json"];
    let assert = bench.command(&args).write_stdin(bench.read("clip.y4m")).assert().success();
    let of_pipe: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    for field in ["waves", "light", "frames"] {
        assert_eq!(of_file[field], of_pipe[field], "{field}");
    }
    let command = of_pipe["suggestion"]["command"].as_str().unwrap();
    assert!(command.starts_with("seethru - --output=still.png --method="), "{command}");
}

#[test]
fn it_can_be_interrupted() {
    let bench = Bench::new();
    let clip = repository("samples/wavy.mp4");
    let mut command = bench.plain_command(&["info", "-v", "--threads=1", clip.to_str().unwrap()]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("registering") {
        line.clear();
        assert!(told.read_line(&mut line).unwrap() > 0, "registering never began");
    }
    let kill = format!("kill -INT {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    bench.assert_no_temporary_files();
}
