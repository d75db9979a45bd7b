//! `seethru quality`.

use serde_json::Value;

use crate::embed::tables::{npy, sheet};
use crate::program::Bench;

fn bench() -> Bench {
    let bench = Bench::new();
    npy(&bench.at("rows.npy"), &[120, 3], &sheet(120));
    let labels: Vec<i64> = (0..120).map(|i| i / 40).collect();
    npy(&bench.at("labels.npy"), &[120], &labels);
    bench
}

fn measured(bench: &Bench, args: &[&str]) -> Value {
    let output = bench.command(&[&["quality", "rows.npy"], args, &["--json"]].concat()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_rows_themselves_are_their_best_embedding() {
    let bench = bench();
    let report = measured(&bench, &["rows.npy", "--labels", "labels.npy", "--truth", "rows.npy", "-k", "5"]);
    assert_eq!(report["schema"], "seethru.quality/2");
    for name in ["trustworthiness", "continuity", "preservation"] {
        assert_eq!(report[name]["value"], 1.0, "{name}");
    }
    assert!(report["residual_variance"]["value"].as_f64().unwrap() < 1e-9);
    assert!(report["procrustes_disparity"].as_f64().unwrap() < 1e-9);
    assert!(report["label_accuracy"].as_f64().unwrap() > 0.9);
    assert_eq!(report["kl_divergence"], Value::Null);
}

#[test]
fn the_divergence_is_the_one_that_tsne_tells() {
    let bench = bench();
    let args =
        ["embed", "tsne", "rows.npy", "--perplexity", "10", "--steps", "200", "-o", "map.npy", "--json"];
    let output = bench.command(&args).output().unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let report = measured(&bench, &["map.npy", "--perplexity", "10"]);
    let (own, measured) =
        (told["measurements"]["kl"].as_f64().unwrap(), report["kl_divergence"].as_f64().unwrap());
    assert!((own - measured).abs() < 1e-3 * own, "{own} {measured}");
}

/// A roll of 300 rows, so wide that neighbors are on the same turn.
fn roll() -> Vec<f64> {
    let row = |i: usize| {
        let turn = 4.0 + 8.0 * i as f64 / 300.0;
        [turn * turn.cos(), 6.0 * (i as f64 * 0.618).fract(), turn * turn.sin()]
    };
    (0..300).flat_map(row).collect()
}

#[test]
fn an_unrolled_roll_has_the_residual_variance_of_isomap() {
    let bench = bench();
    npy(&bench.at("rows.npy"), &[300, 3], &roll());
    let output =
        bench.command(&["embed", "isomap", "rows.npy", "-o", "flat.npy", "--json"]).output().unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let own = told["measurements"]["residual_variance"].as_f64().unwrap();
    let report = measured(&bench, &["flat.npy"]);
    let value = |name: &str| report[name]["value"].as_f64().unwrap();
    // Coordinates are read in 32 bits.
    assert!((value("geodesic_residual_variance") - own).abs() < 1e-6, "{own} {report}");
    assert!(own < 0.05 && value("residual_variance") > 0.3, "{report}");
    let output = bench.command(&["quality", "rows.npy", "flat.npy"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("residual variance, Euclidean") && text.contains("geodesics of 12 neighbors"),
        "{text}"
    );
    let output = bench.command(&["quality", "rows.npy", "rows.npy"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().any(|line| line.starts_with("trustworthiness") && line.ends_with(" 1")), "{text}");
}

#[test]
fn rows_without_coordinates_are_left_out_and_counted() {
    let bench = Bench::new();
    let mut rows = sheet(120);
    rows.extend((0..15).flat_map(|i| [500.0 + f64::from(i), f64::from(i % 3), 0.0]));
    npy(&bench.at("rows.npy"), &[135, 3], &rows);
    npy(&bench.at("near.npy"), &[120, 3], &sheet(120));
    let labels: Vec<i64> = (0..135).map(|i| i / 45).collect();
    npy(&bench.at("labels.npy"), &[135], &labels);
    npy(&bench.at("near_labels.npy"), &[120], &labels[..120]);
    let truth: Vec<f64> = (0..270).map(|i| f64::from(i * i % 83)).collect();
    npy(&bench.at("truth.npy"), &[135, 2], &truth);
    npy(&bench.at("near_truth.npy"), &[120, 2], &truth[..240]);
    bench.succeeds(&["embed", "isomap", "near.npy", "-o", "whole.npy"]);
    let args = ["--labels", "near_labels.npy"];
    let wanted =
        [&["quality", "near.npy", "whole.npy", "--truth", "near_truth.npy", "--json"], &args[..]].concat();
    let wanted: Value = serde_json::from_slice(&bench.command(&wanted).output().unwrap().stdout).unwrap();
    for name in ["map.npy", "map.csv"] {
        bench.succeeds(&["embed", "isomap", "rows.npy", "--disconnected", "largest", "-o", name]);
        let report = measured(&bench, &[name, "--labels", "labels.npy", "--truth", "truth.npy"]);
        assert_eq!((&report["rows"], &report["embedded"]), (&135.into(), &120.into()), "{name}");
        for measure in ["trustworthiness", "continuity", "residual_variance", "geodesic_residual_variance"] {
            let of = |report: &Value| report[measure]["value"].as_f64().unwrap();
            assert!((of(&report) - of(&wanted)).abs() < 1e-5, "{name} {measure}: {report} {wanted}");
        }
        for measure in ["label_accuracy", "procrustes_disparity"] {
            let of = |report: &Value| report[measure].as_f64().unwrap();
            assert!((of(&report) - of(&wanted)).abs() < 1e-5, "{name} {measure}");
        }
        let output = bench.command(&["quality", "rows.npy", name]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("15 of 135"), "{text}");
    }
    // A row that has some coordinates is no row that was left out.
    let mut some = vec![0.5; 270];
    some[31] = f64::NAN;
    npy(&bench.at("some.npy"), &[135, 2], &some);
    bench.refuses(&["quality", "rows.npy", "some.npy"], &["some.npy", "row 15, column 1"]);
    npy(&bench.at("none.npy"), &[135, 2], &[f64::NAN; 270]);
    bench.refuses(&["quality", "rows.npy", "none.npy"], &["none.npy", "no row has coordinates"]);
}

#[test]
fn what_can_not_be_measured_is_one_line() {
    let bench = bench();
    npy(&bench.at("few.npy"), &[7, 2], &[1.0; 14]);
    bench.refuses(&["quality", "rows.npy", "few.npy"], &["few.npy has 7 rows and the data 120"]);
    bench.refuses(&["quality", "rows.npy", "rows.npy", "-k", "80"], &["--neighbors 80", "give at most 79"]);
    bench.refuses(&["quality", "rows.npy", "rows.npy", "--perplexity", "50"], &["--perplexity 50"]);
    bench.refuses(&["quality", "rows.npy", "rows.npy", "--truth", "few.npy"], &["few.npy has 7 rows"]);
}
