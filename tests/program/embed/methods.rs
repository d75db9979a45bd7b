//! Every method from the command line: files, reports, models, threads.

use serde_json::Value;

use crate::embed::tables::{npy, read_npy, sheet};
use crate::program::Bench;

const N: usize = 120;

/// Arguments of each method that suit the sheet, and whether its model places new rows.
const METHODS: [(&str, &[&str], bool); 13] = [
    ("pca", &[], true),
    ("kernel-pca", &["--kernel", "polynomial", "--degree", "2"], true),
    ("factor-analysis", &["--dims", "1"], true),
    ("ica", &["--contrast", "cube"], true),
    ("nmf", &[], true),
    ("mds", &[], false),
    ("smacof", &["--non-metric", "--steps", "40"], false),
    ("isomap", &["--neighbors", "8"], true),
    ("flow", &["--neighbors", "6"], false),
    ("laplacian", &["--neighbors", "8", "--weights", "heat"], true),
    ("lle", &["--neighbors", "8"], true),
    ("tsne", &["--perplexity", "10", "--steps", "100"], true),
    ("sne", &["--perplexity", "10", "--steps", "100"], true),
];

fn bench() -> Bench {
    let bench = Bench::new();
    npy(&bench.at("rows.npy"), &[N as u64, 3], &sheet(N));
    npy(&bench.at("new.npy"), &[7, 3], &sheet(7));
    let labels: Vec<i64> = (0..N as i64).map(|i| i / 40).collect();
    npy(&bench.at("labels.npy"), &[N as u64], &labels);
    bench
}

#[test]
fn each_tells_how_good_it_is_and_is_the_same_on_any_number_of_threads() {
    let bench = bench();
    for (method, options, _) in METHODS {
        let args = ["embed", method, "rows.npy", "--json", "-o", "out.npy", "--threads"];
        let outputs = ["1", "2", "3"].map(|threads| {
            let output = bench.command(&[&args[..], &[threads], options].concat()).output().unwrap();
            assert!(output.status.success(), "{method}: {}", String::from_utf8_lossy(&output.stderr));
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(report["schema"], "seethru.embed/2");
            assert_eq!((&report["rows"], &report["embedded"]), (&N.into(), &N.into()));
            assert!(report["measurements"].as_object().is_some_and(|all| !all.is_empty()), "{method}");
            assert!(report["timings"]["fit"].as_f64().unwrap() > 0.0);
            (read_npy(&bench.at("out.npy")), report["measurements"].clone())
        });
        assert!(outputs[0].0.1.iter().all(|x| x.is_finite()), "{method}");
        assert_eq!(outputs[0], outputs[1], "{method}");
        assert_eq!(outputs[0], outputs[2], "{method}");
    }
}

#[test]
fn models_place_new_rows() {
    let bench = bench();
    for (method, options, places) in METHODS {
        if !places {
            continue;
        }
        let args = ["embed", method, "rows.npy", "--model", "m.bin", "-o", "old.npy"];
        bench.succeeds(&[&args[..], options].concat());
        bench.succeeds(&["embed", "transform", "new.npy", "--model", "m.bin", "-o", "new_out.npy"]);
        let dims = read_npy(&bench.at("old.npy")).0[1];
        let (shape, values) = read_npy(&bench.at("new_out.npy"));
        assert_eq!(shape, [7, dims], "{method}");
        assert!(values.iter().all(|x| x.is_finite()), "{method}");
    }
    // A linear method places the rows it was fitted to where they were.
    bench.succeeds(&["embed", "pca", "rows.npy", "--model", "m.bin", "-o", "old.npy"]);
    bench.succeeds(&["embed", "transform", "rows.npy", "--model", "m.bin", "-o", "same.npy"]);
    let [old, same] = ["old.npy", "same.npy"].map(|name| read_npy(&bench.at(name)).1);
    assert!(old.iter().zip(&same).all(|(a, b)| (a - b).abs() < 1e-9));
}

#[test]
fn what_is_changed_for_few_rows_is_told() {
    let bench = bench();
    for n in [4, 5, 13] {
        npy(&bench.at("few.npy"), &[n as u64, 3], &sheet(n));
        for method in ["tsne", "sne"] {
            let args =
                ["embed", method, "few.npy", "--gradient", "interpolated", "-o", "o.npy", "-q", "--json"];
            let output = bench.command(&args).assert().success().get_output().clone();
            let told = String::from_utf8(output.stderr).unwrap();
            let lines: Vec<&str> = told.lines().collect();
            assert_eq!(lines.len(), 2, "{told}");
            assert!(
                lines[0].starts_with("seethru: warning: perplexity ") && lines[0].contains("instead of 30"),
                "{told}"
            );
            assert!(lines[0].contains(&format!("{n} rows")), "{told}");
            assert!(lines[1].contains("--gradient exact") && lines[1].contains("100 rows"), "{told}");
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(report["measurements"]["perplexity"], (n - 1) as f64 / 3.0);
            let notes: Vec<String> =
                lines.iter().map(|line| line.replace("seethru: warning: ", "")).collect();
            assert_eq!(report["notes"], serde_json::json!(notes));
        }
    }
    npy(&bench.at("few.npy"), &[3, 3], &sheet(3));
    bench.refuses(&["embed", "tsne", "few.npy", "-o", "o.npy"], &["few.npy has 3 rows", "needs 4 or more"]);
}

#[test]
fn iterations_that_have_not_converged_are_told() {
    let bench = bench();
    for (method, options) in [
        ("ica", &["--tolerance", "1e-12"][..]),
        ("factor-analysis", &["--dims", "1", "--tolerance", "1e-30"]),
        ("nmf", &["--tolerance", "1e-20"]),
        ("nmf", &["--solver", "multiplicative"]),
        ("smacof", &["--start", "random", "--tolerance", "1e-20"]),
    ] {
        let run = |steps: &str, options: &[&str]| {
            let args = ["embed", method, "rows.npy", "-o", "o.npy", "-q", "--json", "--steps", steps];
            let output =
                bench.command(&[&args[..], options].concat()).assert().success().get_output().clone();
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            (String::from_utf8(output.stderr).unwrap(), report)
        };
        let (told, report) = run("2", options);
        let note = "not converged after 2 steps: give more --steps or a larger --tolerance";
        assert_eq!(told, format!("seethru: warning: {note}\n"), "{method}");
        assert_eq!(
            (&report["measurements"]["converged"], &report["notes"][0]),
            (&false.into(), &note.into())
        );
        let usual = if method == "factor-analysis" { &options[..2] } else { &[] };
        let (told, report) = run("5000", &[usual, &["--tolerance", "0.01"]].concat());
        assert_eq!(told, "", "{method}");
        assert_eq!(report["measurements"]["converged"], true, "{method}");
    }
}

#[test]
fn plots_are_written_beside_the_coordinates() {
    let bench = bench();
    let plots = |method: &str, plots: &[&str]| {
        let args = ["embed", method, "rows.npy", "--labels", "labels.npy", "-o", "o.csv"];
        bench.succeeds(&[&args[..], plots].concat());
    };
    plots("pca", &["--plot", "map.svg", "--spectrum", "energy.png"]);
    plots("isomap", &["--plot", "map.png", "--spectrum", "e.svg", "--shepard", "s.svg"]);
    for name in ["map.svg", "e.svg", "s.svg"] {
        let text = String::from_utf8(bench.read(name)).unwrap();
        assert!(text.starts_with("<svg") || text.starts_with("<?xml"), "{name}");
        assert!(text.trim_end().ends_with("</svg>"), "{name}");
    }
    for name in ["map.png", "energy.png"] {
        let picture = image::load_from_memory(&bench.read(name)).unwrap();
        assert_eq!(picture.width(), 1600, "{name}");
    }
    let text = String::from_utf8(bench.read("o.csv")).unwrap();
    assert_eq!(text.lines().next(), Some("dim1,dim2,label"));
    assert_eq!(text.lines().count(), N + 1);
}

#[test]
fn pictures_have_a_dictionary_and_thumbnails() {
    let bench = Bench::new();
    let faces: Vec<u8> = (0..60 * 48).map(|i: usize| (i * i / 7 % 251) as u8).collect();
    npy(&bench.at("faces.npy"), &[60, 6, 8], &faces);
    let args = ["embed", "nmf", "faces.npy", "--dims", "9", "--dictionary", "parts.png"];
    bench.succeeds(&args);
    let args = ["embed", "pca", "faces.npy", "--plot", "map.png", "--thumbnails"];
    bench.succeeds(&args);
    npy(&bench.at("flat.npy"), &[60, 48], &faces);
    let args = ["embed", "pca", "flat.npy", "--plot", "map.png", "--thumbnails"];
    bench.refuses(&args[..], &["--thumbnails", "flat.npy", "not images"]);
}

#[test]
fn distances_and_graphs_stand_in_for_rows() {
    let bench = bench();
    let rows = sheet(N);
    let point = |i: usize| &rows[3 * i..3 * i + 3];
    let distance = |i: usize, j: usize| -> f64 {
        point(i).iter().zip(point(j)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
    };
    let all: Vec<f64> = (0..N * N).map(|at| distance(at / N, at % N)).collect();
    npy(&bench.at("square.npy"), &[N as u64, N as u64], &all);
    let upper: Vec<f64> =
        (0..N).flat_map(|i| (i + 1..N).map(move |j| (i, j))).map(|(i, j)| distance(i, j)).collect();
    npy(&bench.at("upper.npy"), &[upper.len() as u64], &upper);
    let methods = [
        ("mds", "--dims=2"),
        ("smacof", "--steps=20"),
        ("isomap", "--neighbors=8"),
        ("tsne", "--perplexity=10"),
    ];
    for (method, option) in methods {
        let run = |input: &str| {
            let args = ["embed", method, input, "--precomputed", "distances", option, "-o", "o.npy"];
            bench.succeeds(&args);
            read_npy(&bench.at("o.npy")).1
        };
        assert_eq!(run("square.npy"), run("upper.npy"), "{method}");
    }
}

#[test]
fn a_sparse_graph_is_read_as_scipy_writes_it() {
    use std::io::Write as _;
    let bench = Bench::new();
    // A path of 30 nodes, 2 apart: its geodesics are those of points on a line.
    let n = 30i32;
    let row = |i: i32| [i - 1, i + 1].into_iter().filter(move |j| (0..n).contains(j));
    let indices: Vec<i32> = (0..n).flat_map(row).collect();
    let starts = (0..n).map(|i| row(i).count() as i32);
    let indptr: Vec<i32> = std::iter::once(0)
        .chain(starts.scan(0, |sum, count| {
            Some({
                *sum += count;
                *sum
            })
        }))
        .collect();
    npy(&bench.at("indices.npy"), &[indices.len() as u64], &indices);
    npy(&bench.at("indptr.npy"), &[indptr.len() as u64], &indptr);
    npy(&bench.at("data.npy"), &[indices.len() as u64], &vec![2.0; indices.len()]);
    let mut archive = zip::ZipWriter::new(std::fs::File::create(bench.at("path.npz")).unwrap());
    for name in ["indices.npy", "indptr.npy", "data.npy"] {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(&bench.read(name)).unwrap();
    }
    archive.finish().unwrap();
    let args = ["embed", "isomap", "path.npz", "--precomputed", "graph", "--dims", "1", "-o", "o.npy"];
    bench.succeeds(&args);
    let (_, values) = read_npy(&bench.at("o.npy"));
    assert!(values.windows(2).all(|pair| ((pair[0] - pair[1]).abs() - 2.0).abs() < 1e-5), "{values:?}");
    let args = ["embed", "tsne", "path.npz", "--precomputed", "graph", "-o", "o2.npy"];
    bench.command(&args).assert().code(2).stderr(predicates::str::contains("[possible values: distances]"));
}

#[test]
fn each_method_has_its_own_options_alone() {
    let bench = bench();
    for (args, option) in [
        ("pca rows.npy --perplexity 5", "--perplexity"),
        ("tsne rows.npy --neighbors 5", "--neighbors"),
        ("pca rows.npy --solver coordinate", "eigen"),
        ("smacof rows.npy --start pca", "classical, random"),
        ("pca rows.npy --precomputed distances", "--precomputed"),
        ("mds rows.npy --model m.bin", "--model"),
        ("pca rows.npy --shepard s.svg", "--shepard"),
        ("isomap rows.npy --precomputed distances --columns 0,1", "--columns"),
        ("transform rows.npy", "--model"),
    ] {
        let method = args.split(' ').next().unwrap();
        let words: Vec<&str> = ["embed"].into_iter().chain(args.split(' ')).chain(["-o", "o.npy"]).collect();
        let output = bench.command(&words).assert().code(2);
        let told = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert!(told.contains(option), "{args}: {told}");
        assert!(told.contains(&format!("(see seethru embed {method} --help)")), "{args}: {told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}

#[test]
fn without_a_method_the_methods_are_named() {
    let bench = bench();
    for args in [&["embed"][..], &["embed", "rows.npy"], &["embed", "rows.npy", "--method", "pca"]] {
        let output = bench.command(args).assert().code(2);
        let told = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        for (method, ..) in METHODS {
            assert!(told.contains(method), "{told}");
        }
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}
