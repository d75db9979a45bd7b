//! The report and the page of an invented restoration.

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::{Report, Run, page};
use crate::cli::restored::restored;
use manifold::device::Device;
use manifold::flow::EdgeCost;
use manifold::graph::{Disconnected, Neighbors};
use seethru::places::Grid;
use seethru::places::Places;
use seethru::stage;
use seethru::video::{Channels, Depth, Frame, Samples, Size, Warning, WarningKind};
use seethru::{Baseline, CenterSettings, Choice, FrameRange, Method, PatchSettings, Restoration, Settings};

pub(super) const WIDTH: usize = 288;
pub(super) const HEIGHT: usize = 192;

/// A tiled floor in the colors of a pool, each point moved by waves of `sway` pixels.
fn floor(sway: f64) -> Frame {
    let mut samples = Vec::with_capacity(WIDTH * HEIGHT * 3);
    for (y, x) in (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (y as f64, x as f64))) {
        let u = x + sway * (y / 9.0 + x / 31.0).sin();
        let v = y + sway * (x / 13.0 - y / 23.0).cos();
        let joint = u.rem_euclid(24.0) < 2.0 || v.rem_euclid(24.0) < 2.0;
        let tile = ((u / 24.0).floor() * 7.0 + (v / 24.0).floor() * 13.0).rem_euclid(5.0) * 9.0;
        let light = if joint { 0.55 } else { 0.85 + tile / 255.0 };
        samples.extend([70.0, 165.0, 190.0].map(|channel: f64| (channel * light + 20.0).min(255.0) as u8));
    }
    Frame { width: WIDTH, height: HEIGHT, channels: Channels::Rgb, samples: Samples::U8(samples) }
}

pub(super) fn settings(method: Method) -> Settings {
    Settings {
        frames: FrameRange { start: 100, end: Some(600), every: NonZeroUsize::MIN },
        method,
        threads: None,
        memory: 4 << 30,
        reserve: 0,
        spill: None,
        comparisons: true,
        device: Device::cpu(),
    }
}

fn centers() -> Method {
    Method::Centers(CenterSettings {
        patches: PatchSettings::default(),
        centers: NonZeroUsize::new(3).unwrap(),
        choice: Choice::Agree,
        neighbors: Neighbors::Nearest(NonZeroUsize::new(8).unwrap()),
        disconnected: Disconnected::Join,
        cost: EdgeCost::Convex { capacity: None, slopes: vec![1.0, 2.0, 4.0] },
        level: false,
    })
}

fn places() -> Places {
    let grid = Grid::new(WIDTH, HEIGHT, 16, 8).unwrap();
    let at = |i: usize| ((i % grid.columns()) as f64, (i / grid.columns()) as f64);
    let n = grid.len();
    let wave = |i: usize| (at(i).0 / 5.0).sin() * (at(i).1 / 4.0).cos();
    let mut places = restored(Method::Lucky(PatchSettings::default())).places.unwrap();
    places.frame = (0..n).map(|i| (350.0 + 240.0 * wave(i / 3)) as u32).collect();
    places.cost = Some((0..n).map(|i| 5200.0 + 2100.0 * wave(i) + at(i).0 * 40.0).collect());
    places.solves = (0..n).map(|i| 3 + (i % 9) as u32).collect();
    places.components = (0..n).map(|i| if i % 50 == 0 { 2 } else { 1 }).collect();
    places.grid = grid;
    places
}

pub(super) fn restoration() -> Restoration {
    let mut restoration = restored(Method::Baseline(Baseline::Mean));
    restoration.still = floor(0.0);
    let video = &mut restoration.video;
    (video.width, video.height, video.channels, video.depth) = (WIDTH, HEIGHT, Channels::Rgb, Depth::Eight);
    (video.announced_frames, video.frame_rate) = (Some(800), Some(29.97));
    video.whole = Size { width: WIDTH, height: HEIGHT };
    (video.interlaced, video.codec) = (false, "h264".to_owned());
    restoration.frames_used = 500;
    restoration.places = Some(places());
    if let Some(plain) = &mut restoration.comparisons {
        (plain.mean, plain.median, plain.raw) = (floor(1.5), floor(2.5), floor(5.0));
    }
    restoration.memory_estimate = 734 << 20;
    restoration.timings = vec![
        (stage::DECODE, Duration::from_millis(2140)),
        (stage::PLACES, Duration::from_millis(14_870)),
        (stage::AGREE, Duration::from_millis(420)),
        (stage::STITCH, Duration::from_millis(2910)),
    ];
    let line = "3 frames after frame 512 are damaged and were left out";
    restoration.warnings = vec![Warning::new(WarningKind::Incomplete, line)];
    restoration
}

fn run<'a>(input: &'a str, command: &'a str) -> Run<'a> {
    Run {
        input,
        command,
        still: Path::new("floor.png"),
        page: Some(Path::new("floor.html")),
        video: None,
        displacements: None,
        surface: None,
        confidence: None,
        peak_memory: Some(801 << 20),
        seconds: 21.54,
    }
}

const COMMAND: &str = "seethru pool.mp4 --patch 16 --frames 100..600 --report floor.html -o floor.png";

pub(super) fn json(settings: &Settings, restoration: &Restoration) -> Value {
    let report = Report::new(run("pool.mp4", COMMAND), settings, restoration);
    serde_json::from_str(&report.to_json().unwrap()).unwrap()
}

pub(super) fn html(input: &str, settings: &Settings, restoration: &Restoration) -> String {
    page(&Report::new(run(input, COMMAND), settings, restoration), restoration).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_schema_keeps_its_fields() {
    let json = json(&settings(centers()), &restoration());
    assert_eq!(json["schema"], "seethru.restore/2");
    let mut expected = vec![
        "command",
        "devices",
        "input",
        "memory",
        "output",
        "places",
        "registration",
        "schema",
        "settings",
        "timings",
        "total_seconds",
        "version",
        "warnings",
    ];
    expected.sort_unstable();
    let mut top = keys(&json);
    top.sort_unstable();
    assert_eq!(top, expected);
    for (field, fields) in [
        ("input", "channels codec depth file frame_rate frames_announced frames_used height left_out width"),
        ("output", "confidence displacements report still surface surface_video video"),
        ("memory", "bands estimate limit peak"),
        ("places", "columns cost count distinct_frames rows several_components solves"),
    ] {
        let mut found = keys(&json[field]);
        found.sort_unstable();
        assert_eq!(found.join(" "), fields, "{field}");
    }
}

#[test]
fn the_report_tells_what_happened() {
    let json = json(&settings(centers()), &restoration());
    assert_eq!(json["input"]["file"], "pool.mp4");
    assert_eq!(json["input"]["frames_announced"], 800);
    assert_eq!(json["input"]["frames_used"], 500);
    assert_eq!(json["output"]["still"], "floor.png");
    assert_eq!(json["places"]["count"], 35 * 23);
    assert_eq!(json["places"]["several_components"], 17);
    assert_eq!(json["places"]["solves"]["max"], 11);
    assert_eq!(json["timings"][1]["stage"], "places");
    assert_eq!(json["timings"][1]["seconds"], 14.87);
    assert_eq!(json["settings"]["method"]["centers"]["choice"], "agree");
    let counts = json["places"]["cost"]["histogram"]["counts"].as_array().unwrap();
    assert_eq!(counts.iter().map(|count| count.as_u64().unwrap()).sum::<u64>(), 35 * 23);
    assert_eq!(json["warnings"].as_array().unwrap().len(), 1);
}

#[test]
fn a_reproducible_report_leaves_out_the_run() {
    let (settings, restoration) = (settings(centers()), restoration());
    let report = || Report::new(run("pool.mp4", COMMAND), &settings, &restoration).reproducible();
    let json: Value = serde_json::from_str(&report().to_json().unwrap()).unwrap();
    assert_eq!((json["total_seconds"].is_null(), &json["timings"]), (true, &Value::Array(Vec::new())));
    assert_eq!(json["memory"]["limit"], 4u64 << 30);
    for name in ["peak", "estimate", "bands"] {
        assert!(json["memory"][name].is_null(), "{name}");
    }
    let html = page(&report(), &restoration).unwrap();
    for absent in ["<h2>Time</h2>", "<dt>Time</dt>", "<dt>Memory</dt>", "Threads", "Bands"] {
        assert!(!html.contains(absent), "{absent}");
    }
    let timed = page(&Report::new(run("pool.mp4", COMMAND), &settings, &restoration), &restoration).unwrap();
    for present in ["<h2>Time</h2>", "<dt>Time</dt><dd>21.5 s</dd>", "<dt>Memory</dt>", "Threads"] {
        assert!(timed.contains(present), "{present}");
    }
    // Stages and the rest make up the total: 2.14 + 14.87 + 0.42 + 2.91 + 1.20.
    assert!(timed.contains("Opening and writing files</th><td>1.2 s</td>"));
}

#[test]
fn a_baseline_without_places_has_none() {
    let mut restoration = restoration();
    (restoration.places, restoration.comparisons) = (None, None);
    let settings = settings(Method::Baseline(Baseline::Median));
    assert!(json(&settings, &restoration)["places"].is_null());
    let html = html("pool.mp4", &settings, &restoration);
    assert!(html.contains("Temporal median of 500 frames"));
    assert!(!html.contains("Place by place") && !html.contains("class=\"compare\""));
}

#[test]
fn a_plain_still_is_not_shown_beside_itself() {
    for (kind, itself) in [(Baseline::Mean, "mean"), (Baseline::Median, "median")] {
        let html = html("pool.mp4", &settings(Method::Baseline(kind)), &restoration());
        for key in ["restored", "mean", "median", "raw"] {
            let shown = html.contains(&format!("<img id=\"picture-{key}\""));
            assert_eq!(shown, key != itself, "{key} on the page of {itself}");
        }
    }
}

#[test]
fn costs_are_told_as_multiples_of_the_median() {
    let html = html("pool.mp4", &settings(centers()), &restoration());
    for part in [" × the median</span>", "<li>frames agree most</li>", " times the median\""] {
        assert!(html.contains(part), "{part}");
    }
    assert!(!html.contains("gray levels × frames"));
}

#[test]
fn the_page_holds_every_picture_and_needs_no_network() {
    let html = html("pool.mp4", &settings(centers()), &restoration());
    for key in ["restored", "mean", "median", "raw"] {
        assert!(html.contains(&format!("<img id=\"picture-{key}\"")), "{key}");
    }
    // Four pictures, two maps, two color bars.
    assert_eq!(html.matches("src=\"data:image/png;base64,").count(), 8);
    for outside in ["http:", "https:", "src=\"//", "url(", "@import", "<link"] {
        assert!(!html.contains(outside), "{outside}");
    }
    assert!(html.contains("3 frames after frame 512 are damaged"));
    assert!(html.contains(COMMAND));
    assert_eq!(html.matches("<img ").count(), html.matches(" alt=").count(), "each image has an alt text");
}

#[test]
fn hostile_names_are_text() {
    let name = "</title><script>alert('1')</script>&\"x.mp4";
    let html = html(name, &settings(centers()), &restoration());
    assert!(!html.contains("<script>alert"));
    assert!(html.contains("&lt;script&gt;alert"));
    assert!(!html.contains("&\"x.mp4"));
}

#[test]
fn places_that_are_all_alike_still_make_a_page() {
    let mut restoration = restoration();
    if let Some(places) = &mut restoration.places {
        places.cost = Some(vec![f64::NAN; places.frame.len()]);
        places.frame.fill(4);
    }
    let html = html("pool.mp4", &settings(centers()), &restoration);
    assert!(html.contains("frame 4"));
    assert!(json(&settings(centers()), &restoration)["places"]["cost"].is_null());
}
