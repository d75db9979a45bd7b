//! Runs that succeed, and all they write.

use image::{ImageDecoder as _, ImageEncoder as _};
use seethru::video::Samples;
use serde_json::Value;

use crate::clips::{file, still, wavy};
use crate::program::{Bench, repository};

/// The README's command on twenty frames of the sample.
fn sample(more: &[&str]) -> Vec<String> {
    let clip = repository("samples/wavy.mp4").display().to_string();
    let words = ["--patch", "16", "--centers", "3", "-o", "out.png", "--frames", "0..20"];
    [clip].into_iter().chain(words.iter().chain(more).map(|word| word.to_string())).collect()
}

#[track_caller]
fn assert_picture(bench: &Bench, name: &str, size: (u32, u32)) {
    let picture = image::open(bench.at(name)).unwrap();
    assert_eq!((picture.width(), picture.height()), size);
}

#[test]
fn the_sample_with_every_report() {
    let bench = Bench::new();
    let args = sample(&["--json", "--report", "page.html"]);
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let assert = bench.command(&args).assert().success();
    let told = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(told.starts_with("seethru: wrote out.png and page.html: 20 frames, 1131 places, "), "{told}");
    assert_eq!(told.lines().count(), 1);
    assert_picture(&bench, "out.png", (320, 240));
    let json = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    assert_report(&json);
    assert_page(&String::from_utf8(bench.read("page.html")).unwrap());
    assert_eq!(bench.contents().len(), 2, "nothing else is written");
    bench.assert_no_temporary_files();
}

/// What the program finds out about a basin of standing waves, in every place where it is told.
#[test]
fn the_second_order_bias_is_told() {
    let bench = Bench::new();
    let picture = repository("samples/still.png").display().to_string();
    let basin = "--lossless --waves standing --size 192x160 --frames 60 --fps 50 --seed 1";
    let synth = ["synth", &picture, "-o", "basin.mkv"];
    bench.succeeds(&synth.into_iter().chain(basin.split(' ')).collect::<Vec<_>>());
    let restore = ["basin.mkv", "-o", "out.png", "--report", "page.html", "--json", "-v"];
    let assert = bench.command(&restore).assert().success();
    let json: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    let at = |name: &str| json["registration"]["second_order"][name].as_f64().unwrap();
    assert!(at("certainty") > 0.5 && at("coefficient") < 0.0 && at("standard_error") > 0.0);
    assert!((40.0..90.0).contains(&at("depth")), "{} px of 60", at("depth"));
    assert!((80.0..130.0).contains(&at("wavelength")), "{} px of about 100", at("wavelength"));
    assert!((10.0..20.0).contains(&at("period")) && (0.0..=1.0).contains(&at("explained")));
    let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(said.contains("second-order bias: corrected by 0."), "{said}");
    let page = String::from_utf8(bench.read("page.html")).unwrap();
    assert!(page.contains("<h3>Second-order correction</h3>") && page.contains("px deep"));
    // The geometry of the mean is kept as it is.
    let mean = ["basin.mkv", "-o", "out.png", "--method", "mean-register", "--json"];
    let kept: Value =
        serde_json::from_slice(&bench.command(&mean).assert().success().get_output().stdout).unwrap();
    assert_eq!(kept["registration"]["second_order"], Value::Null);
}

/// Rough water leaves a still that is wrong in parts, and every place says so; of calm water none does.
#[test]
fn a_still_that_is_not_reliable_is_called_so() {
    let bench = Bench::new();
    let picture = repository("samples/still.png").display().to_string();
    for (waves, is_reliable) in [("rough", false), ("calm", true)] {
        let clip = format!("{waves}.mkv");
        let made = ["--lossless", "--size", "160x120", "--frames", "32", "--seed", "1", "--waves", waves];
        bench.succeeds(&["synth", &picture, "-o", &clip].into_iter().chain(made).collect::<Vec<_>>());
        let assert =
            bench.command(&[&clip, "-o", "out.png", "--report", "page.html", "--json"]).assert().success();
        let json: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
        let reliability = json["registration"]["reliability"].as_f64().unwrap();
        assert_eq!(reliability >= 0.96, is_reliable, "{waves}: {reliability}");
        let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        let warned =
            json["warnings"][0].as_str().is_some_and(|line| line.starts_with("parts of the still may be"));
        let page = String::from_utf8(bench.read("page.html")).unwrap();
        for doubts in [
            said.contains("not reliable"),
            said.contains("may be wrong"),
            warned,
            page.contains("not reliable"),
        ] {
            assert_eq!(doubts, !is_reliable, "{waves}: {said}");
        }
        assert_eq!(said.contains("converged"), is_reliable, "{waves}: {said}");
    }
}

/// Two scenes in one clip are one line, which names the frame and the remedy.
#[test]
fn a_cut_is_named() {
    let bench = Bench::new();
    let mut clip = wavy(&still(96, 80), 24);
    for frame in &mut clip[14..] {
        let Samples::U8(samples) = &mut frame.samples else { unreachable!("8 bits in, 8 bits out") };
        samples.reverse();
    }
    file(&bench.at("two.mkv"), &clip);
    let assert = bench.command(&["two.mkv", "-o", "out.png", "--json"]).assert().success();
    let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    let remedy = "another scene at frame 14: restore one at a time, with --frames ..14 or --frames 14..";
    assert_eq!(said.matches(remedy).count(), 1, "{said}");
    let json: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    assert_eq!(json["registration"]["cut_frame"], 14);
    let assert =
        bench.command(&["two.mkv", "-o", "one.png", "--json", "--frames", "..14"]).assert().success();
    let json: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    assert_eq!(json["registration"]["cut_frame"], Value::Null);
}

/// The surface of the water: arrays, maps, a moving map and figures, in the unit that was asked for.
#[test]
fn the_surface_is_told_in_every_place() {
    let bench = Bench::new();
    file(&bench.at("clip.mkv"), &wavy(&still(96, 80), 12));
    let args = "clip.mkv -o out.png --surface water.npz --depth 30cm --scale 1.5mm --video calm.mkv --report page.html --json";
    let args: Vec<_> = args.split(' ').collect();
    let assert = bench.command(&args).assert().success();
    let told = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(told.contains("calm.mkv, water.npz and water.mkv: 12 frames"), "{told}");
    let json: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    assert_eq!(
        (&json["output"]["surface"], &json["output"]["surface_video"]),
        (&"water.npz".into(), &"water.mkv".into())
    );
    let surface = &json["registration"]["surface"];
    assert_eq!((&surface["unit"], &surface["depth_from"]), (&"mm".into(), &"given".into()));
    assert_eq!((surface["depth"].as_f64(), &surface["depth_error"]), (Some(300.0), &Value::Null));
    let at = |name: &str| surface[name].as_f64().unwrap();
    assert_eq!(at("significant_height"), 4.0 * at("rms"));
    assert!(at("rms") > 0.0 && at("lowest") < -at("rms") && at("highest") > at("rms"));
    let page = String::from_utf8(bench.read("page.html")).unwrap();
    for part in [
        "<h3>Height of the waves</h3>",
        "<h3>Surface in one frame</h3>",
        " mm</li>",
        "over water 300 mm deep",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let video = seethru::Input::locate(bench.at("water.mkv")).unwrap().info().unwrap();
    assert_eq!((video.width, video.height, video.channels), (96, 80, seethru::video::Channels::Rgb));
    assert_eq!(bench.contents().len(), 6);
    bench.assert_no_temporary_files();
}

/// All else is written; only the surface is missing, and the error says what it takes.
#[test]
fn a_surface_over_water_of_unknown_depth_costs_nothing_else() {
    let bench = Bench::with_clip();
    let args = ["clip.y4m", "-o", "out.png", "--surface", "water.npz", "--confidence", "sure.png", "--json"];
    let assert = bench.command(&args).assert().code(1);
    let told = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    let [doubt, error] = told.lines().collect::<Vec<_>>()[..] else { panic!("{told}") };
    let few = "seethru: warning: 12 frames are too few to tell whether the still is right; at least 16 are needed: ";
    assert!(doubt.starts_with(few), "{told}");
    let missing = "seethru: error: out.png was written, but not all that was asked for: --surface: ";
    assert!(error.starts_with(missing) && error.ends_with("give it, such as --depth 40px"), "{told}");
    let json: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    assert_eq!((&json["output"]["surface"], &json["registration"]["surface"]), (&Value::Null, &Value::Null));
    assert!(bench.at("out.png").exists() && bench.at("sure.png").exists() && !bench.at("water.npz").exists());
    bench.assert_no_temporary_files();
}

/// A median needs no patches: the clip may be smaller than the default patch.
#[test]
fn a_tiny_clip_has_a_mean_and_a_median() {
    let bench = Bench::new();
    file(&bench.at("tiny.y4m"), &wavy(&still(12, 12), 5));
    for baseline in ["mean", "median"] {
        bench.succeeds(&["tiny.y4m", "-o", "out.png", "--report", "page.html", "--baseline", baseline]);
        assert_picture(&bench, "out.png", (12, 12));
    }
    let nearest = ["tiny.y4m", "-o", "out.png", "--baseline", "nearest-median"];
    bench.refuses(&nearest, &["12x12", "give a --patch of at most 12"]);
}

#[track_caller]
fn assert_report(report: &Value) {
    let at = |pointer: &str| report.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is missing"));
    assert_eq!(at("/schema"), "seethru.restore/2");
    assert_eq!(at("/version"), env!("CARGO_PKG_VERSION"));
    assert!(at("/command").as_str().unwrap().ends_with("--json --report page.html"));
    assert!(at("/input/file").as_str().unwrap().ends_with("samples/wavy.mp4"));
    for (pointer, value) in [
        ("/input/width", 320_u64),
        ("/input/height", 240),
        ("/input/frames_announced", 80),
        ("/input/frames_used", 20),
        ("/settings/method/centers/patch", 16),
        ("/settings/method/centers/step", 8),
        ("/settings/frames/end", 20),
        ("/settings/method/centers/centers", 3),
        ("/memory/limit", 4 << 30),
        ("/memory/bands", 1),
        ("/places/count", 1131),
        ("/places/columns", 39),
        ("/places/rows", 29),
    ] {
        assert_eq!(at(pointer), value, "{pointer}");
    }
    assert_eq!((at("/output/still"), at("/output/report")), (&"out.png".into(), &"page.html".into()));
    assert_eq!((at("/input/codec"), at("/warnings")), (&"h264".into(), &Value::Array(Vec::new())));
    assert!(at("/places/solves/total").as_u64().unwrap() >= 3 * 1131);
    assert!(at("/total_seconds").as_f64().unwrap() > 0.0);
    let stages: Vec<_> = at("/timings").as_array().unwrap().iter().map(|t| t["stage"].clone()).collect();
    assert_eq!(stages, ["decode", "places", "stitch", "baseline"]);
    assert!(at("/memory/estimate").as_u64() < at("/memory/limit").as_u64());
}

#[track_caller]
fn assert_page(page: &str) {
    for key in ["restored", "mean", "median", "raw"] {
        let picture = page.split(&format!("<img id=\"picture-{key}\"")).nth(1);
        let tag = picture.unwrap_or_else(|| panic!("{key} is missing")).split('>').next().unwrap();
        assert!(tag.contains("src=\"data:image/png;base64,") && tag.len() > 10_000, "{key}");
    }
    assert!(page.contains("--report page.html") && page.contains("</html>"));
    assert!(!page.contains("src=\"http") && !page.contains("href=\"http"), "no network");
}

#[test]
fn every_baseline_writes_its_picture() {
    let bench = Bench::with_clip();
    let mut pictures = Vec::new();
    for kind in ["mean", "median", "nearest-mean", "nearest-median"] {
        let name = format!("{kind}.png");
        let told = bench.succeeds(&["clip.y4m", "--baseline", kind, "-o", &name]);
        assert!(told.contains(&format!("wrote {name}: 12 frames")), "{told}");
        assert_picture(&bench, &name, (48, 40));
        pictures.push(bench.read(&name));
    }
    pictures.dedup();
    assert_eq!(pictures.len(), 4, "four different pictures");
}

#[test]
fn baselines_report_what_they_have() {
    let bench = Bench::with_clip();
    for (kind, places) in [("mean", false), ("nearest-mean", true)] {
        let args = ["clip.y4m", "--baseline", kind, "--json", "-o", "out.png"];
        let output = bench.command(&args).assert().success().get_output().stdout.clone();
        let report: Value = serde_json::from_slice(&output).unwrap();
        assert_eq!(report["places"].is_object(), places, "{kind}");
        let baseline = &report["settings"]["method"]["baseline"];
        if places {
            assert_eq!(baseline[kind], serde_json::json!({ "patch": 16, "step": 8 }));
        } else {
            assert_eq!(baseline, kind);
        }
    }
}

#[test]
fn quiet_says_nothing() {
    let bench = Bench::new();
    // Frames enough, and agreeing well enough, for there to be no warning.
    let picture = repository("samples/still.png").display().to_string();
    bench.succeeds(&["synth", &picture, "--waves", "calm", "--frames", "20", "-o", "clip.y4m"]);
    assert_eq!(bench.succeeds(&["clip.y4m", "--quiet", "-o", "out.png"]), "");
    let told = bench.succeeds(&["clip.y4m", "-v", "-o", "out.png"]);
    // Five rounds of 20 frames.
    assert!(told.lines().count() > 3 && told.contains("registering (at most 100 alignments)"), "{told}");
}

#[test]
fn the_picture_gets_a_name_and_replaces_an_older_one() {
    let bench = Bench::with_clip();
    std::fs::write(bench.at("clip-still.png"), "older").unwrap();
    bench.succeeds(&["clip.y4m"]);
    assert_picture(&bench, "clip-still.png", (48, 40));
}

#[test]
fn every_choice_and_cost_runs_and_repeats_itself() {
    let bench = Bench::new();
    file(&bench.at("clip.mkv"), &wavy(&still(48, 40), 12));
    for more in [
        "--choice agree --mutual --disconnected largest",
        "--choice medoids --cost capacitated --level",
        "--cost linear --radius 40 --centers 1",
        "--cost quadratic:lambda=0.5 --neighbors 3 --every 2",
        "--memory 100MiB --threads 1 --step 3",
    ] {
        let mut pictures = Vec::new();
        for name in ["a.tif", "b.tif"] {
            let args: Vec<_> = ["clip.mkv", "-o", name].into_iter().chain(more.split(' ')).collect();
            bench.succeeds(&args);
            pictures.push(bench.read(name));
        }
        assert!(pictures[0] == pictures[1], "{more}");
    }
}

#[test]
fn every_format_holds_the_picture() {
    let bench = Bench::with_clip();
    for ending in ["png", "tif", "jpg", "webp", "bmp", "ppm", "pgm"] {
        let name = format!("out.{ending}");
        bench.succeeds(&["clip.y4m", "-o", &name]);
        assert_picture(&bench, &name, (48, 40));
    }
}

/// Of a series in a color space of its own, whichever command writes them.
#[test]
fn stills_have_the_profile_of_the_images() {
    let bench = Bench::new();
    let mut profile = vec![0; 128];
    profile[16..20].copy_from_slice(b"RGB ");
    std::fs::create_dir(bench.at("frames")).unwrap();
    for (number, frame) in wavy(&still(64, 48), 6).into_iter().enumerate() {
        let path = bench.at(&format!("frames/{number}.png"));
        let mut encoder = image::codecs::png::PngEncoder::new(std::fs::File::create(path).unwrap());
        encoder.set_icc_profile(profile.clone()).unwrap();
        image::DynamicImage::try_from(frame).unwrap().write_with_encoder(encoder).unwrap();
    }
    std::fs::write(bench.at("list.csv"), "video\nframes\n").unwrap();
    let told = bench.succeeds(&["frames", "--baseline", "mean", "-o", "one.png"]);
    assert!(told.contains("color profile (ICC)"), "{told}");
    bench.succeeds(&["batch", "--list", "list.csv", "--baseline", "mean", "-o", "out"]);
    bench.succeeds(&["compare", "frames", "--methods", "mean", "--pictures", "single", "-o", "all.png"]);
    for name in ["one.png", "out/frames.png", "single/mean.png"] {
        let mut decoder = image::ImageReader::open(bench.at(name)).unwrap().into_decoder().unwrap();
        assert_eq!(decoder.icc_profile().unwrap().as_ref(), Some(&profile), "{name}");
    }
}
