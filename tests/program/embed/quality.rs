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

#[test]
fn what_can_not_be_measured_is_one_line() {
    let bench = bench();
    npy(&bench.at("few.npy"), &[7, 2], &[1.0; 14]);
    bench.refuses(&["quality", "rows.npy", "few.npy"], &["few.npy has 7 rows and the data 120"]);
    bench.refuses(&["quality", "rows.npy", "rows.npy", "-k", "80"], &["--neighbors 80", "give at most 79"]);
    bench.refuses(&["quality", "rows.npy", "rows.npy", "--perplexity", "50"], &["--perplexity 50"]);
    bench.refuses(&["quality", "rows.npy", "rows.npy", "--truth", "few.npy"], &["few.npy has 7 rows"]);
}
