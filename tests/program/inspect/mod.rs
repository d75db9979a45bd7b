//! One place of a clip: centers, charts, paths and leaks, as numbers, as files, and as refusals.

mod clasp;
mod refusals;

use std::collections::HashSet;

use crate::clips::{deep, file, gray, still, wavy};
use crate::program::Bench;
use seethru::inspect::{InspectSettings, inspect};
use seethru::progress::Silent;
use seethru::video::Input;
use seethru::{CenterSettings, Choice, Method, Settings, restore};
use serde_json::{Value, json};

/// 30 frames of 64 x 48 that move by a pixel or two.
fn pool(bench: &Bench) -> Input {
    file(&bench.at("pool.y4m"), &wavy(&gray(&still(64, 48)), 30))
}

/// What `--json` prints for a run that must succeed.
#[track_caller]
fn told(bench: &Bench, args: &[&str]) -> Value {
    let assert = bench.command(&[&["inspect"], args, &["--json"]].concat()).assert().success();
    bench.assert_no_temporary_files();
    serde_json::from_slice(&assert.get_output().stdout).unwrap()
}

fn numbers(list: &Value) -> Vec<u64> {
    list.as_array().unwrap().iter().map(|number| number.as_u64().unwrap()).collect()
}

fn edges(report: &Value) -> HashSet<(u64, u64)> {
    let edges = report["graph"]["edges"].as_array().unwrap().iter();
    edges.map(|edge| (edge[0].as_u64().unwrap(), edge[1].as_u64().unwrap())).collect()
}

#[test]
fn paths_lead_from_far_patches_over_edges_to_f() {
    let bench = Bench::new();
    pool(&bench);
    for cost in ["convex", "linear", "quadratic:lambda=0.2"] {
        let report = told(&bench, &["pool.y4m", "--at", "24,16", "--neighbors", "5", "--cost", cost]);
        assert_eq!(report["schema"], json!("seethru.inspect/2"));
        let edges = edges(&report);
        let centers = report["centers"].as_array().unwrap();
        let names: Vec<&str> = centers.iter().map(|center| center["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["F", "FA", "FB", "FC"]);
        let members: u64 = centers.iter().map(|center| center["patches"].as_u64().unwrap()).sum();
        assert_eq!(members, 30);
        for chart in ["isomap", "flow"] {
            assert_eq!(report[chart]["coordinates"].as_array().unwrap().len(), 30);
            let variance = report[chart]["residual_variance"].as_f64().unwrap();
            assert!((0.0..1.0).contains(&variance), "{chart}: {variance}");
            for (path, center) in report[chart]["paths"].as_array().unwrap().iter().zip(centers) {
                let frames = numbers(&path["frames"]);
                assert_eq!(json!(frames[0]), center["far_frame"]);
                assert_eq!(json!(frames[frames.len() - 1]), centers[0]["frame"]);
                assert!(frames.iter().any(|&frame| json!(frame) == center["frame"]), "{path}");
                for step in frames.windows(2) {
                    let edge = (step[0].min(step[1]), step[0].max(step[1]));
                    assert!(edges.contains(&edge), "{cost}, {chart}: {step:?} is no edge");
                }
            }
        }
        // Linear costs: the stream is a shortest path, so both kinds of paths are as long.
        let lengths = |chart: &str| {
            let paths = report[chart]["paths"].as_array().unwrap().iter();
            paths.map(|path| path["length"].as_f64().unwrap()).collect::<Vec<f64>>()
        };
        let longer = lengths("flow").iter().zip(lengths("isomap")).map(|(f, i)| f - i).collect::<Vec<_>>();
        assert!(
            longer.iter().all(|&more| more >= -1e-9 && (cost != "linear" || more.abs() < 1e-9)),
            "{longer:?}"
        );
    }
}

/// F is the frame that a restoration by center patches takes at that place.
#[test]
fn f_is_the_center_of_the_restoration() {
    let bench = Bench::new();
    let clip = pool(&bench);
    let centers =
        CenterSettings { centers: 1.try_into().unwrap(), choice: Choice::Blend, ..CenterSettings::default() };
    let settings = Settings { method: Method::Centers(centers), ..Settings::default() };
    let places = restore(&clip, &settings, &Silent).unwrap().places.unwrap();
    for (column, row) in [(0, 0), (3, 2), (6, 4)] {
        let at = (places.grid.xs()[column], places.grid.ys()[row]);
        let place = inspect(&clip, &InspectSettings::new(at), &Silent).unwrap();
        let f = place.frames[place.centers[0].node as usize];
        assert_eq!(f, places.frame[row * places.grid.columns() + column], "at {at:?}");
    }
}

#[test]
fn numbers_are_those_of_the_video_and_the_same_on_one_thread() {
    let bench = Bench::new();
    pool(&bench);
    let args =
        ["pool.y4m", "--at", "0,0", "--frames", "4..", "--every", "2", "--centers", "2", "--patch", "9"];
    let report = told(&bench, &args);
    assert_eq!(numbers(&report["frames"]), (4..30).step_by(2).collect::<Vec<u64>>());
    let mut alone = told(&bench, &[&args[..], &["--threads", "1"]].concat());
    for key in ["isomap", "flow", "centers", "graph", "leaks"] {
        assert_eq!(report[key], alone[key].take(), "{key}");
    }
    let few = told(&bench, &["pool.y4m", "--at", "0,0", "--limit", "10", "-q"]);
    assert_eq!(numbers(&few["frames"]), (0..30).step_by(3).collect::<Vec<u64>>());
    assert_eq!((&few["input"]["frames_read"], &few["input"]["frames_used"]), (&json!(30), &json!(10)));
    assert!(few["warnings"][0].as_str().unwrap().contains("evenly spread"));
}

#[test]
fn deep_clips_have_the_same_shape() {
    let bench = Bench::new();
    let clip = wavy(&gray(&still(48, 40)), 12);
    let place = |clip: &Input| inspect(clip, &InspectSettings::new((8, 8)), &Silent).unwrap();
    let shallow = place(&file(&bench.at("shallow.mkv"), &clip));
    let deep = place(&crate::clips::images(&bench.at("deep"), &clip.iter().map(deep).collect::<Vec<_>>()));
    assert_eq!(shallow.centers, deep.centers);
    assert_eq!(shallow.patches, deep.patches);
    assert!((deep.direct[3] / shallow.direct[3] - 257.0).abs() < 1e-6);
}

#[test]
fn figure_and_page_are_written() {
    let bench = Bench::new();
    pool(&bench);
    let told = bench.succeeds(&["inspect", "pool.y4m", "--at", "24,16", "--report", "place.html"]);
    assert!(
        told.starts_with("seethru: wrote pool-place.svg and place.html: 30 patches, F is frame"),
        "{told}"
    );
    let svg = String::from_utf8(bench.read("pool-place.svg")).unwrap();
    for part in ["Isomap", "convex flow", ">F<", ">FA<", "A → FA → F", "gray levels", "pool.y4m at 24,16"]
    {
        assert!(svg.contains(part), "no {part} in the figure");
    }
    let page = String::from_utf8(bench.read("place.html")).unwrap();
    assert_eq!(page.matches("data:image/png").count(), 1, "the patches are there once");
    bench.succeeds(&["inspect", "pool.y4m", "--at", "24,16", "-o", "place.png", "--centers", "1"]);
    let png = image::load_from_memory(&bench.read("place.png")).unwrap();
    assert_eq!(png.width(), 2560);
}
