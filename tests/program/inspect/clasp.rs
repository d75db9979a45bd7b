//! A clip whose patches lie on a clasp: two groups that are joined at one end, and by one false edge at the other.

use seethru::video::{Channels, Frame, Samples};
use serde_json::{Value, json};

use super::{numbers, told};
use crate::clips::file;
use crate::program::Bench;

/// Gray levels between neighboring patches.
const STEP: usize = 16;
/// Two arms of 15 x 2 points, a joint, and a tip on each arm, two steps apart.
fn clasp() -> Vec<(usize, usize)> {
    let arms = [0, 1, 5, 6].into_iter().flat_map(|row| (0..15).map(move |column| (column, row)));
    let joint = [2, 3, 4].into_iter().flat_map(|row| [(0, row), (1, row)]);
    arms.chain(joint).chain([(11, 2), (11, 4)]).collect()
}

/// A frame for each point: the left half of every patch is as bright as its column, the right as its row.
fn frames() -> Vec<Frame> {
    let frame = |(column, row): (usize, usize)| {
        let pixel = |at: usize| if at % 16 < 8 { STEP * column } else { STEP * row };
        let samples = Samples::U8((0..32 * 16).map(|at| pixel(at) as u8).collect());
        Frame { width: 32, height: 16, channels: Channels::Luma, samples }
    };
    clasp().into_iter().map(frame).collect()
}

/// Between points this many steps apart: half of a patch's 256 pixels differ.
fn distance(steps: f64) -> f64 {
    128f64.sqrt() * STEP as f64 * steps
}

/// All edges up to the step of a knight, 2.24, and the false edge of 2 steps.
fn run(bench: &Bench, extra: &[&str]) -> Value {
    file(&bench.at("clasp.mkv"), &frames());
    let radius = distance(2.3).to_string();
    told(bench, &[&["clasp.mkv", "--at", "16,0", "--radius", &radius], extra].concat())
}

#[test]
fn a_false_edge_between_two_groups_leaks() {
    let bench = Bench::new();
    let report = run(&bench, &[]);
    let tips = [66, 67];
    let leaks = report["leaks"].as_array().unwrap();
    assert_eq!(leaks.len(), 1, "{leaks:?}");
    assert_eq!(numbers(&leaks[0]["frames"]), tips);
    let number = |key: &str| leaks[0][key].as_f64().unwrap();
    assert!((number("length") - distance(2.0)).abs() < 0.01);
    // Once around: at least 11 steps out, 2 up and 11 back.
    assert!(number("flow_distance") > distance(22.0) && number("ratio") > 6.0, "{leaks:?}");
    let svg = String::from_utf8(bench.read("clasp-place.svg")).unwrap();
    assert!(svg.contains("stroke-dasharray"), "the leak is drawn dashed");
    // Shortest paths take the false edge to lay the clasp out, convex flow does not.
    let apart = |chart: &str| {
        let at = |frame: usize, axis: usize| report[chart]["coordinates"][frame][axis].as_f64().unwrap();
        (at(66, 0) - at(67, 0)).hypot(at(66, 1) - at(67, 1))
    };
    assert!(apart("flow") > 2.0 * apart("isomap"), "{} and {}", apart("flow"), apart("isomap"));
}

#[test]
fn the_threshold_is_the_users() {
    let bench = Bench::new();
    let report = run(&bench, &["--leak-ratio", "100"]);
    assert_eq!(report["leaks"], json!([]));
    assert!(!String::from_utf8(bench.read("clasp-place.svg")).unwrap().contains("stroke-dasharray"));
    let low = run(&bench, &["--leak-ratio", "3"]);
    assert!(!low["leaks"].as_array().unwrap().is_empty());
    assert_eq!(low["settings"]["leaks"]["ratio"], json!(3.0));
}
