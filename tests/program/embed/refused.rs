//! What cannot be embedded is one line that names file, option and remedy, and nothing is written.

use crate::embed::tables::{npy, sheet};
use crate::program::{Bench, repository};

const N: usize = 40;

fn bench() -> Bench {
    let bench = Bench::new();
    npy(&bench.at("rows.npy"), &[N as u64, 3], &sheet(N));
    bench
}

/// `seethru embed METHOD rows.npy -o o.npy ARGS` is refused.
#[track_caller]
fn refuses(bench: &Bench, method: &str, args: &str, hints: &[&str]) {
    let args: Vec<&str> =
        ["embed", method, "rows.npy", "-o", "o.npy"].into_iter().chain(args.split(' ')).collect();
    bench.refuses(&args, hints);
}

#[test]
fn rows_that_are_no_numbers_are_named() {
    let bench = bench();
    for (name, value) in [("nan.npy", f64::NAN), ("inf.npy", f64::INFINITY)] {
        let mut rows = sheet(N);
        rows[7 * 3 + 2] = value;
        npy(&bench.at(name), &[N as u64, 3], &rows);
        bench.refuses(&["embed", "tsne", name, "-o", "o.npy"], &[name, "row 7, column 2"]);
    }
    let mut rows = sheet(N);
    rows.iter_mut().skip(1).step_by(3).for_each(|x| *x = *x * 1e-4 + 1e6);
    npy(&bench.at("far.npy"), &[N as u64, 3], &rows);
    bench
        .refuses(&["embed", "tsne", "far.npy", "-o", "o.npy"], &["far.npy", "column 1", "subtract its mean"]);
}

#[test]
fn files_that_hold_no_rows() {
    let bench = bench();
    npy::<f64>(&bench.at("empty.npy"), &[0, 3], &[]);
    bench.refuses(&["embed", "tsne", "empty.npy", "-o", "o.npy"], &["empty.npy has no rows"]);
    npy(&bench.at("one.npy"), &[], &[1.0]);
    bench.refuses(&["embed", "tsne", "one.npy", "-o", "o.npy"], &["one.npy holds a single number"]);
    let whole = bench.read("rows.npy");
    std::fs::write(bench.at("cut.npy"), &whole[..whole.len() - 9]).unwrap();
    bench.refuses(&["embed", "tsne", "cut.npy", "-o", "o.npy"], &["cut.npy", "data end early"]);
    std::fs::write(bench.at("text.npy"), b"these are words").unwrap();
    bench.refuses(&["embed", "tsne", "text.npy", "-o", "o.npy"], &["text.npy", "not a NumPy array"]);
    std::fs::write(bench.at("blank.csv"), b"").unwrap();
    bench.refuses(&["embed", "tsne", "blank.csv", "-o", "o.npy"], &["blank.csv is empty"]);
    std::fs::write(bench.at("ragged.csv"), b"1,2\n3\n").unwrap();
    let args = ["embed", "tsne", "ragged.csv", "-o", "o.npy"];
    bench.refuses(&args, &["ragged.csv: line 2 has 1 field, and line 1 has 2", "separated by commas"]);
    bench.refuses(&["embed", "tsne", "gone.npy", "-o", "o.npy"], &["gone.npy cannot be read"]);
    std::fs::write(bench.at("notes.md"), b"# Notes\n").unwrap();
    let formats = ["notes.md is neither a table nor a video", ".csv", ".parquet", "a folder of images"];
    for args in [&["embed", "pca", "notes.md", "-o", "o.npy"][..], &["knn", "notes.md", "-o", "o.npz"]] {
        bench.refuses(args, &formats);
    }
}

#[test]
fn settings_that_the_rows_do_not_allow() {
    let bench = bench();
    refuses(&bench, "pca", "--dims 4", &["--dims 4", "rows.npy", "from 1 to 3"]);
    refuses(&bench, "isomap", "--neighbors 40", &["--neighbors 40", "rows.npy", "give at most 39"]);
    let mut negative = sheet(N);
    negative[3 * 5 + 1] = -0.25;
    npy(&bench.at("negative.npy"), &[N as u64, 3], &negative);
    let args = ["embed", "nmf", "negative.npy", "-o", "o.npy"];
    bench.refuses(&args, &["negative.npy", "row 5, column 1 is -0.25", "negative"]);
}

#[test]
fn graphs_in_several_pieces() {
    let bench = bench();
    // A line of 25 rows, and one of 15 far from it.
    let line = |i: usize| if i < 25 { i as f64 } else { 1000.0 + i as f64 };
    let rows: Vec<f64> = (0..N).flat_map(|i| [line(i), (i % 2) as f64, 0.1 * (i % 3) as f64]).collect();
    npy(&bench.at("two.npy"), &[N as u64, 3], &rows);
    for (method, remedy) in
        [("isomap", "--disconnected join"), ("flow", "join"), ("laplacian", "join"), ("lle", "more")]
    {
        let args = ["embed", method, "two.npy", "-o", "o.npy", "--neighbors", "5"];
        bench.refuses(&args, &["two.npy", "2 components", "25 rows", "--neighbors", remedy]);
    }
    let args = ["embed", "isomap", "two.npy", "-o", "o.npy", "--neighbors", "5", "--disconnected"];
    let told = bench.succeeds(&[&args[..], &["largest"]].concat());
    assert!(told.contains("15 of the 40 rows") && told.contains("NaN"), "{told}");
    let (_, values) = crate::embed::tables::read_npy(&bench.at("o.npy"));
    assert_eq!(values.iter().filter(|x| x.is_nan()).count(), 2 * 15);
    bench.succeeds(&[&args[..], &["join"]].concat());
    let (_, values) = crate::embed::tables::read_npy(&bench.at("o.npy"));
    assert!(values.iter().all(|x| x.is_finite()));
}

/// SciPy's `save_npz` of a graph in compressed rows.
fn graph(bench: &Bench, name: &str, indptr: &[f64], indices: &[f64], data: &[f64]) {
    let mut archive = zip::ZipWriter::new(std::fs::File::create(bench.at(name)).unwrap());
    for (part, values) in [("indptr", indptr), ("indices", indices), ("data", data)] {
        npy(&bench.at("part.npy"), &[values.len() as u64], values);
        let plain = zip::write::SimpleFileOptions::default();
        archive.start_file(format!("{part}.npy"), plain).unwrap();
        std::io::Write::write_all(&mut archive, &bench.read("part.npy")).unwrap();
    }
    std::fs::remove_file(bench.at("part.npy")).unwrap();
    archive.finish().unwrap();
}

/// A path of five nodes and one of three.
fn two_paths(bench: &Bench, name: &str, change: impl Fn(&mut Vec<f64>, &mut Vec<f64>)) {
    let neighbors: [&[usize]; 8] = [&[1], &[0, 2], &[1, 3], &[2, 4], &[3], &[6], &[5, 7], &[6]];
    let (mut indptr, mut indices) = (vec![0.0], Vec::new());
    for row in neighbors {
        indices.extend(row.iter().map(|&j| j as f64));
        indptr.push(indices.len() as f64);
    }
    let data: Vec<f64> = indices.iter().map(|_| 1.0).collect();
    change(&mut indptr, &mut indices);
    graph(bench, name, &indptr, &indices, &data);
}

/// What an error advises works; what cannot help is refused.
#[test]
fn remedies_of_a_graph_that_is_given() {
    let bench = Bench::new();
    two_paths(&bench, "g.npz", |_, _| {});
    for method in ["isomap", "flow", "laplacian"] {
        let base = ["embed", method, "g.npz", "--precomputed", "graph", "--dims", "1", "-o", "o.npy"];
        let with = |more: &[&'static str]| [&base[..], more].concat();
        bench.refuses(&base, &["g.npz", "2 components", "5 rows", "add edges", "--disconnected largest"]);
        let told = bench.command(&base).output().unwrap();
        let told = String::from_utf8(told.stderr).unwrap();
        assert!(!told.contains("--neighbors") && !told.contains("join"), "{told}");
        for option in [&["--neighbors", "4"][..], &["--mutual"], &["--radius", "3"]] {
            bench.refuses(&with(option), &[option[0], "precomputed graph", "leave it out"]);
        }
        bench.refuses(&with(&["--disconnected", "join"]), &["--disconnected join", "--disconnected largest"]);
        let told = bench.succeeds(&with(&["--disconnected", "largest"]));
        assert!(told.contains("3 of the 8 rows"), "{told}");
        std::fs::remove_file(bench.at("o.npy")).unwrap();
    }
    // Distances can join components.
    let far = |i: usize| if i < 10 { i as f64 } else { 100.0 + i as f64 };
    let distances: Vec<f64> = (0..400).map(|at| (far(at / 20) - far(at % 20)).abs()).collect();
    npy(&bench.at("d.npy"), &[20, 20], &distances);
    for method in ["isomap", "flow", "laplacian"] {
        let args = ["embed", method, "d.npy", "--precomputed", "distances", "--dims", "1", "-o", "o.npy"];
        let near = [&args[..], &["--neighbors", "3"]].concat();
        bench.refuses(&near, &["2 components", "--disconnected join"]);
        bench.succeeds(&[&near[..], &["--disconnected", "join"]].concat());
        std::fs::remove_file(bench.at("o.npy")).unwrap();
    }
}

#[test]
fn indices_of_a_graph_that_are_none() {
    let bench = Bench::new();
    let args = ["embed", "isomap", "g.npz", "--precomputed", "graph", "-o", "o.npy"];
    for (value, told) in [(-1.0, "-1"), (1.5, "1.5"), (f64::NAN, "NaN"), (1e12, "1000000000000")] {
        two_paths(&bench, "g.npz", |_, indices| indices[3] = value);
        bench.refuses(&args, &["g.npz", "entry 3", "indices", told, "whole numbers"]);
        two_paths(&bench, "g.npz", |indptr, _| indptr[2] = value);
        bench.refuses(&args, &["g.npz", "entry 2", "indptr", told, "whole numbers"]);
    }
    two_paths(&bench, "g.npz", |_, indices| indices[3] = 8.0);
    bench.refuses(&args, &["g.npz", "column 8", "8 nodes"]);
}

#[test]
fn rows_that_are_all_the_same_or_only_one() {
    let bench = Bench::new();
    npy(&bench.at("same.npy"), &[20, 2], &[1.5; 40]);
    npy(&bench.at("single.npy"), &[1, 2], &[1.5, 2.0]);
    npy(&bench.at("tiny.npy"), &[20, 2], &(0..40).map(|i| f64::from(i % 4) * 1e-310).collect::<Vec<_>>());
    let methods = [
        "pca",
        "kernel-pca",
        "factor-analysis",
        "ica",
        "mds",
        "smacof",
        "isomap",
        "flow",
        "laplacian",
        "lle",
    ];
    for method in methods {
        let args = ["-o", "o.npy", "--dims", "1"];
        bench.refuses(&[&["embed", method, "single.npy"], &args[..]].concat(), &["single.npy"]);
        bench.refuses(&[&["embed", method, "same.npy"], &args[..]].concat(), &["same.npy", "coincide"]);
        let tiny = &["tiny.npy", "3e-310", "multiply"];
        bench.refuses(&[&["embed", method, "tiny.npy"], &args[..]].concat(), tiny);
    }
    bench.refuses(&["embed", "tsne", "single.npy", "-o", "o.npy"], &["single.npy has 1 row,"]);
}

#[test]
fn labels_that_do_not_match() {
    let bench = bench();
    npy(&bench.at("few.npy"), &[N as u64 - 1], &[1.0; N - 1]);
    refuses(&bench, "tsne", "--labels few.npy", &["--labels few.npy", "39 labels for 40 rows"]);
    refuses(&bench, "tsne", "--labels none.npy", &["--labels", "none.npy cannot be read"]);
}

#[test]
fn distances_that_are_none() {
    let bench = Bench::new();
    let refuses = |hints: &[&str]| {
        let args = ["embed", "mds", "d.npy", "--precomputed", "distances", "-o", "o.npy"];
        bench.refuses(&args, hints);
    };
    npy(&bench.at("d.npy"), &[2, 2], &[0.0, 1.0, 2.0, 0.0]);
    refuses(&["d.npy", "points 0 and 1 differ"]);
    npy(&bench.at("d.npy"), &[2, 2], &[0.5, 1.0, 1.0, 0.0]);
    refuses(&["d.npy", "from point 0 to point 0 is 0.5"]);
    npy(&bench.at("d.npy"), &[2, 3], &[0.0; 6]);
    refuses(&["d.npy", "n x n"]);
    npy(&bench.at("d.npy"), &[4], &[1.0; 4]);
    refuses(&["d.npy", "not n (n - 1) / 2"]);
    npy(&bench.at("d.npy"), &[3], &[1.0, -1.0, 1.0]);
    refuses(&["d.npy", "from point 0 to point 2 is -1"]);
}

#[test]
fn models_that_do_not_fit() {
    let bench = bench();
    bench.succeeds(&["embed", "pca", "rows.npy", "-o", "o.npy", "--model", "m.bin"]);
    npy(&bench.at("narrow.npy"), &[4, 2], &[1.0; 8]);
    let args = ["embed", "transform", "narrow.npy", "--model", "m.bin", "-o", "n.npy"];
    bench.refuses(&args, &["narrow.npy", "2 columns", "fitted on 3"]);
    std::fs::write(bench.at("bad.bin"), b"no model").unwrap();
    let args = ["embed", "transform", "rows.npy", "--model", "bad.bin", "-o", "n.npy"];
    bench.refuses(&args, &["bad.bin", "not a seethru model"]);
    let whole = bench.read("m.bin");
    std::fs::write(bench.at("cut.bin"), &whole[..whole.len() / 2]).unwrap();
    let args = ["embed", "transform", "rows.npy", "--model", "cut.bin", "-o", "n.npy"];
    bench.refuses(&args, &["cut.bin", "damaged"]);
}

/// Their checksums are right; a length, an index or a number in each is not.
#[test]
fn forged_models_are_damaged() {
    let bench = bench();
    let models = repository("tests/fixtures/models");
    let mut count = 0;
    for entry in std::fs::read_dir(models).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        std::fs::copy(&path, bench.at(name)).unwrap();
        let args = ["embed", "transform", "rows.npy", "--model", name, "-o", "n.npy"];
        bench.refuses(&args, &["--model", name, "the model is damaged", "fit it again"]);
        count += 1;
    }
    assert_eq!(count, 15);
}
