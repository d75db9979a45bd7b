//! `seethru knn`.

use std::fs::File;

use crate::embed::tables::{npy, sheet};
use crate::program::Bench;

fn lists(bench: &Bench, name: &str) -> (Vec<u32>, Vec<f32>) {
    let mut archive = zip::ZipArchive::new(File::open(bench.at(name)).unwrap()).unwrap();
    let indices = npyz::NpyFile::new(archive.by_name("indices.npy").unwrap()).unwrap().into_vec().unwrap();
    let distances =
        npyz::NpyFile::new(archive.by_name("distances.npy").unwrap()).unwrap().into_vec().unwrap();
    (indices, distances)
}

#[test]
fn every_search_finds_them() {
    let bench = Bench::new();
    npy(&bench.at("rows.npy"), &[200, 3], &sheet(200));
    bench.succeeds(&["knn", "rows.npy", "-k", "5", "-o", "auto.npz"]);
    let wanted = lists(&bench, "auto.npz");
    assert_eq!(wanted.0.len(), 1000);
    for search in ["exact", "tree"] {
        bench.succeeds(&["knn", "rows.npy", "-k", "5", "--search", search, "-o", "o.npz"]);
        assert_eq!(lists(&bench, "o.npz"), wanted, "{search}");
    }
    let told =
        bench.succeeds(&["knn", "rows.npy", "-k", "5", "--search", "approximate", "--recall", "-o", "o.npz"]);
    let recall: f64 = told.split("recall ").nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
    assert!(recall > 0.9, "{told}");
    // Each row is its own nearest neighbor among the rows.
    bench.succeeds(&["knn", "rows.npy", "--queries", "rows.npy", "-k", "1", "-o", "own.npz"]);
    assert_eq!(lists(&bench, "own.npz").0, (0..200).collect::<Vec<u32>>());
}

#[test]
fn reports_say_how_neighbors_were_found() {
    let bench = Bench::new();
    let mut state = 1u64;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / 2f64.powi(31)
    };
    npy(&bench.at("noise.npy"), &[3000, 60], &(0..3000 * 60).map(|_| noise()).collect::<Vec<f64>>());
    let knn = |options: &[&str]| {
        let args = [&["knn", "noise.npy", "-k", "10", "-o", "o.npz", "--json"], options].concat();
        let output = bench.command(&args).output().unwrap();
        assert!(output.status.success());
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (report, String::from_utf8(output.stderr).unwrap())
    };
    let (report, told) = knn(&[]);
    assert_eq!((&report["recall"], &report["neighbor_search"]["by"]), (&1.0.into(), &"exact".into()));
    assert!(told.contains("exact") && !told.contains("warning"), "{told}");
    let (report, told) = knn(&["--search", "approximate", "--recall", ".9999"]);
    assert_eq!(report["neighbor_search"]["by"], "approximate");
    assert_eq!(report["neighbor_search"]["wanted"], 0.9999);
    assert_eq!(report["neighbor_search"]["reached"], false);
    assert!(report["recall"].as_f64().unwrap() < 0.9999);
    assert!(told.contains("warning: --recall 0.9999") && told.contains("give --search auto"), "{told}");
    let curve = |at: usize| {
        let (row, column) = ((at / 12) as f64, (at % 12) as f64);
        (0.004 * row + column).sin() + 0.01 * (7.0 * row * (column + 1.0)).sin()
    };
    npy(&bench.at("curve.npy"), &[1000, 12], &(0..1000 * 12).map(curve).collect::<Vec<f64>>());
    for (method, by) in [("isomap", "exact"), ("lle", "exact"), ("laplacian", "exact"), ("tsne", "exact")] {
        let output =
            bench.command(&["embed", method, "curve.npy", "-o", "o.npy", "--json"]).output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["neighbor_search"]["by"], by, "{method}");
        assert!(String::from_utf8(output.stderr).unwrap().contains("neighbors exact"), "{method}");
    }
    let output = bench.command(&["embed", "pca", "curve.npy", "-o", "o.npy", "--json"]).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report["neighbor_search"].is_null());
    bench.refuses(&["knn", "noise.npy", "--recall", "2", "-o", "o.npz"], &["--recall", "at most 1"]);
}

/// Vectors of few whole numbers: most rows have several neighbors at the distance of the last one.
#[test]
fn neighbors_that_are_as_near_count_as_found() {
    let bench = Bench::new();
    let mut state = 1u64;
    let mut digit = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from((state >> 33) as u32 % 3)
    };
    npy(&bench.at("ties.npy"), &[600, 12], &(0..600 * 12).map(|_| digit()).collect::<Vec<f64>>());
    let approximate = ["knn", "ties.npy", "-k", "15", "--search", "approximate", "--recall", "-o", "o.npz"];
    let told = bench.succeeds(&approximate);
    let recall: f64 = told.split("recall ").nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
    bench.succeeds(&["knn", "ties.npy", "-k", "15", "--search", "exact", "-o", "exact.npz"]);
    let (found, truth) = (lists(&bench, "o.npz"), lists(&bench, "exact.npz"));
    let rows = found.1.chunks_exact(15).zip(truth.1.chunks_exact(15));
    let near: usize = rows.map(|(found, truth)| found.iter().filter(|&&d| d <= truth[14]).count()).sum();
    assert!((recall - near as f64 / (600 * 15) as f64).abs() < 1e-4, "{told}: {near}");
    assert!(recall > 0.98, "{told}");
    let rows = found.0.chunks_exact(15).zip(truth.0.chunks_exact(15));
    let same: usize = rows.map(|(found, truth)| found.iter().filter(|j| truth.contains(j)).count()).sum();
    assert!(same < near, "the searches name other ones of the equally near");
}

#[test]
fn what_can_not_be_is_one_line() {
    let bench = Bench::new();
    npy(&bench.at("rows.npy"), &[20, 3], &sheet(20));
    npy(&bench.at("wide.npy"), &[10, 12], &[sheet(20), sheet(20)].concat());
    bench.refuses(&["knn", "rows.npy", "-k", "20", "-o", "o.npz"], &["--neighbors 20", "give at most 19"]);
    bench.refuses(&["knn", "rows.npy", "-o", "o.npy"], &["--output o.npy", ".npz"]);
    bench.refuses(
        &["knn", "wide.npy", "-k", "3", "--search", "tree", "-o", "o.npz"],
        &["--search tree", "12 columns"],
    );
    bench.refuses(&["knn", "rows.npy", "--queries", "wide.npy", "-o", "o.npz"], &["--queries", "12 columns"]);
    bench.refuses(&["knn", "none.npy", "-o", "o.npz"], &["none.npy cannot be read"]);
}
