//! SciPy's sparse matrices as tables: the same answers as from the dense ones, and forged ones refused.

use std::io::Write as _;
use std::path::Path;

use npyz::AutoSerialize;

use crate::embed::tables::{npy, pca, sheet};
use crate::program::Bench;

const N: usize = 40;

/// The arrays of an archive, by name.
type Parts = Vec<(&'static str, Vec<u8>)>;

fn part<T: AutoSerialize + Copy>(bench: &Bench, shape: &[u64], values: &[T]) -> Vec<u8> {
    npy(&bench.at("part.npy"), shape, values);
    let bytes = bench.read("part.npy");
    std::fs::remove_file(bench.at("part.npy")).unwrap();
    bytes
}

fn list<T: AutoSerialize + Copy>(bench: &Bench, values: &[T]) -> Vec<u8> {
    part(bench, &[values.len() as u64], values)
}

/// A single string of bytes, as SciPy writes the format.
fn word(text: &str) -> Vec<u8> {
    let header = format!("{{'descr': '|S{}', 'fortran_order': False, 'shape': (), }}\n", text.len());
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    [&b"\x93NUMPY\x01\x00"[..], &length, header.as_bytes(), text.as_bytes()].concat()
}

fn save(path: &Path, parts: &Parts, method: zip::CompressionMethod) {
    let mut archive = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, bytes) in parts {
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        archive.start_file(format!("{name}.npy"), options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap();
}

fn stored(bench: &Bench, name: &str, parts: &Parts) {
    save(&bench.at(name), parts, zip::CompressionMethod::Stored);
}

/// Half of the sheet's values, the others 0.
fn holey() -> Vec<f64> {
    sheet(N).into_iter().enumerate().map(|(at, x)| if at % 4 < 2 { x } else { 0.0 }).collect()
}

/// Row, column and value of each value that is not 0, the last first.
fn entries(rows: &[f64]) -> Vec<(usize, usize, f64)> {
    let all = rows.iter().enumerate().map(|(at, &x)| (at / 3, at % 3, x));
    let mut found: Vec<_> = all.filter(|&(_, _, x)| x != 0.0).collect();
    found.reverse();
    found
}

/// The entries in compressed rows or columns, in the order of the list within each.
fn compressed(
    bench: &Bench,
    format: &'static str,
    entries: &[(usize, usize, f64)],
    shape: [usize; 2],
) -> Parts {
    let is_csr = format == "csr";
    let (mut indptr, mut indices, mut data) = (vec![0i32], Vec::new(), Vec::new());
    for major in 0..shape[usize::from(!is_csr)] {
        for &(i, j, x) in entries {
            let (its, minor) = if is_csr { (i, j) } else { (j, i) };
            if its == major {
                indices.push(minor as i32);
                data.push(x);
            }
        }
        indptr.push(indices.len() as i32);
    }
    vec![
        ("indices", list(bench, &indices)),
        ("indptr", list(bench, &indptr)),
        ("format", word(format)),
        ("shape", list(bench, &shape.map(|n| n as i64))),
        ("data", list(bench, &data)),
    ]
}

fn coo(bench: &Bench, entries: &[(usize, usize, f64)], shape: [usize; 2]) -> Parts {
    let column = |of: fn(&(usize, usize, f64)) -> usize| -> Vec<i64> {
        entries.iter().map(|entry| of(entry) as i64).collect()
    };
    vec![
        ("row", list(bench, &column(|entry| entry.0))),
        ("col", list(bench, &column(|entry| entry.1))),
        ("format", word("coo")),
        ("shape", list(bench, &shape.map(|n| n as i64))),
        ("data", list(bench, &entries.iter().map(|entry| entry.2).collect::<Vec<f64>>())),
    ]
}

/// The same parts with one of them changed, or added.
fn with(parts: &Parts, name: &'static str, bytes: Vec<u8>) -> Parts {
    let mut parts = parts.clone();
    parts.retain(|(other, _)| *other != name);
    parts.push((name, bytes));
    parts
}

fn without(parts: &Parts, name: &str) -> Parts {
    parts.iter().filter(|(other, _)| *other != name).cloned().collect()
}

/// Files of the same matrix: all formats, each value in two parts, stored and deflated; and the dense one.
fn bench() -> (Bench, Vec<&'static str>) {
    let bench = Bench::new();
    let rows = holey();
    npy(&bench.at("dense.npy"), &[N as u64, 3], &rows);
    let entries = entries(&rows);
    let shape = [N, 3];
    // Halves of a number add up to it exactly.
    let mut twice: Vec<_> = entries.iter().map(|&(i, j, x)| (i, j, x / 2.0)).collect();
    twice.extend_from_within(..);
    stored(&bench, "csr.npz", &compressed(&bench, "csr", &entries, shape));
    stored(&bench, "csc.npz", &compressed(&bench, "csc", &entries, shape));
    stored(&bench, "coo.npz", &coo(&bench, &entries, shape));
    stored(&bench, "csr2.npz", &compressed(&bench, "csr", &twice, shape));
    stored(&bench, "csc2.npz", &compressed(&bench, "csc", &twice, shape));
    let both = coo(&bench, &twice, shape);
    save(&bench.at("coo2.npz"), &both, zip::CompressionMethod::Deflated);
    let places: Vec<i32> = entries
        .iter()
        .map(|entry| entry.0 as i32)
        .chain(entries.iter().map(|entry| entry.1 as i32))
        .collect();
    let coords = without(&without(&coo(&bench, &entries, shape), "row"), "col");
    let coords = with(&coords, "coords", part(&bench, &[2, entries.len() as u64], &places));
    stored(&bench, "coords.npz", &coords);
    // Room behind the last entry, which indptr does not count.
    let roomy = compressed(&bench, "csr", &entries, shape);
    let values: Vec<f64> =
        (0..N).flat_map(|i| entries.iter().filter(move |e| e.0 == i).map(|e| e.2)).collect();
    let columns: Vec<i32> =
        (0..N).flat_map(|i| entries.iter().filter(move |e| e.0 == i).map(|e| e.1 as i32)).collect();
    let roomy = with(&roomy, "data", list(&bench, &[&values[..], &[7.0]].concat()));
    stored(&bench, "roomy.npz", &with(&roomy, "indices", list(&bench, &[&columns[..], &[2]].concat())));
    (
        bench,
        vec!["csr.npz", "csc.npz", "coo.npz", "csr2.npz", "csc2.npz", "coo2.npz", "coords.npz", "roomy.npz"],
    )
}

#[test]
fn sparse_and_dense_give_the_same() {
    let (bench, files) = bench();
    let wanted = pca(&bench, "dense.npy", &["--model", "dense.bin"]);
    bench.succeeds(&["knn", "dense.npy", "-k", "4", "-o", "dense.npz"]);
    let neighbors = bench.read("dense.npz");
    let quality = |data: &str| {
        let output = bench.command(&["quality", data, "out.npy", "--json"]).output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (report["trustworthiness"].clone(), report["residual_variance"].clone(), report["notes"].clone())
    };
    let measured = quality("dense.npy");
    assert!(measured.0["value"].is_number(), "{measured:?}");
    bench.succeeds(&["knn", "dense.npy", "--queries", "dense.npy", "-k", "1", "-o", "nearest.npz"]);
    for file in files {
        assert_eq!(pca(&bench, file, &[]), wanted, "{file}");
        bench.succeeds(&["knn", file, "-k", "4", "-o", "o.npz"]);
        assert_eq!(bench.read("o.npz"), neighbors, "{file}");
        let own = quality(file);
        assert_eq!((&own.0, &own.1), (&measured.0, &measured.1), "{file}");
        assert!(own.2[0].as_str().unwrap().contains(file), "{own:?}");
        // New rows, and queries.
        let args = ["embed", "transform", file, "--model", "dense.bin", "-o", "new.npy"];
        assert!(bench.succeeds(&args).contains("read as a dense table"), "{file}");
        let new = crate::embed::tables::read_npy(&bench.at("new.npy")).1;
        assert!(new.iter().zip(&wanted).all(|(a, b)| (a - b).abs() < 1e-5), "{file}");
        bench.succeeds(&["knn", "dense.npy", "--queries", file, "-k", "1", "-o", "own.npz"]);
        assert_eq!(bench.read("own.npz"), bench.read("nearest.npz"), "{file}");
    }
}

#[test]
fn what_was_read_is_told() {
    let (bench, _) = bench();
    let wanted = "csc.npz: a sparse matrix (CSC) of 40 rows x 3 columns, read as a dense table: 60 of its 120 values are \
                  not 0 (50.000%)";
    let told = bench.succeeds(&["embed", "pca", "csc.npz", "-o", "o.npy"]);
    assert!(told.contains(wanted), "{told}");
    for args in [
        ["embed", "pca", "csc.npz", "-o", "o.npy", "--json"].as_slice(),
        &["knn", "csc.npz", "-k", "3", "-o", "o.npz", "--json"],
    ] {
        let output = bench.command(args).output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["notes"][0], wanted, "{args:?}");
    }
}

#[test]
fn true_and_true_is_true() {
    let bench = Bench::new();
    let bits = |at: usize| at.is_multiple_of(3) || at % 7 == 2;
    let dense: Vec<f64> = (0..3 * N).map(|at| f64::from(u8::from(bits(at)))).collect();
    npy(&bench.at("dense.npy"), &[N as u64, 3], &dense);
    let mut twice = entries(&dense);
    twice.extend_from_within(..);
    let flags = with(&coo(&bench, &twice, [N, 3]), "data", list(&bench, &vec![true; twice.len()]));
    stored(&bench, "flags.npz", &flags);
    bench.succeeds(&["knn", "dense.npy", "-k", "4", "-o", "dense.npz"]);
    bench.succeeds(&["knn", "flags.npz", "-k", "4", "-o", "o.npz"]);
    assert_eq!(bench.read("o.npz"), bench.read("dense.npz"));
}

#[test]
fn formats_that_are_not_read() {
    let (bench, _) = bench();
    let csr = compressed(&bench, "csr", &entries(&holey()), [N, 3]);
    for format in ["bsr", "dia", "lil", "dok", "xyz"] {
        stored(&bench, "other.npz", &with(&csr, "format", word(format)));
        let hints = ["other.npz", format, "not read", "matrix.tocsr()"];
        bench.refuses(&["embed", "pca", "other.npz", "-o", "o.npy"], &hints);
        bench.refuses(&["knn", "other.npz", "-o", "o.npz"], &hints);
        bench.refuses(&["quality", "other.npz", "dense.npy"], &hints);
    }
    stored(&bench, "bare.npz", &without(&csr, "format"));
    bench.refuses(
        &["embed", "pca", "bare.npz", "-o", "o.npy"],
        &["bare.npz", "not its format", "scipy.sparse.save_npz", "--array"],
    );
    // Arrays that only share the name are as before.
    let rows = part(&bench, &[N as u64, 3], &sheet(N));
    stored(&bench, "plain.npz", &vec![("X", rows), ("format", list(&bench, &[1.0]))]);
    assert!(!bench.succeeds(&["embed", "pca", "plain.npz", "-o", "o.npy"]).contains("sparse"));
}

#[test]
fn forged_matrices() {
    let (bench, _) = bench();
    let all = entries(&holey());
    let csr = compressed(&bench, "csr", &all, [N, 3]);
    let coo = coo(&bench, &all, [N, 3]);
    let shape = |lengths: &[i64]| list(&bench, lengths);
    let starts = |change: fn(&mut Vec<i32>)| {
        let counts = (0..N).map(|i| all.iter().filter(|entry| entry.0 < i + 1).count() as i32);
        let mut indptr: Vec<i32> = std::iter::once(0).chain(counts).collect();
        change(&mut indptr);
        list(&bench, &indptr)
    };
    let save = "scipy.sparse.save_npz";
    let cases: Vec<(&str, Parts, Vec<&str>)> = vec![
        (
            "short",
            with(&csr, "indptr", starts(|p| p.truncate(9))),
            vec!["indptr has 9 entries", "asks for 41", save],
        ),
        ("first", with(&csr, "indptr", starts(|p| p[0] = 1)), vec!["indptr begins with 1", save]),
        ("falls", with(&csr, "indptr", starts(|p| p[5] = 900)), vec!["indptr falls from 900 to", save]),
        ("minus", with(&csr, "indptr", starts(|p| p[1] = -4)), vec!["indptr falls from 0 to -4", save]),
        (
            "last",
            with(&csr, "indptr", starts(|p| p[40] = 61)),
            vec!["indptr ends with 61", "60 entries", save],
        ),
        ("data", with(&csr, "data", list(&bench, &[1.0; 59])), vec!["data has 59 values", "60 rows", save]),
        ("cube", with(&csr, "data", part(&bench, &[60, 1, 1], &[1.0; 60])), vec!["data has 3 axes", save]),
        (
            "beyond",
            with(&csr, "indices", list(&bench, &[3i32; 60])),
            vec!["stands in column 3", "40 x 3", save],
        ),
        ("below", with(&csr, "indices", list(&bench, &[-1i32; 60])), vec!["stands in column -1", save]),
        (
            "float",
            with(&csr, "indices", list(&bench, &[0.5; 60])),
            vec!["array indices", "whole numbers", save],
        ),
        ("huge", with(&csr, "indices", list(&bench, &[u64::MAX; 60])), vec!["array indices", "beyond 2^63"]),
        ("rows", with(&coo, "row", list(&bench, &[40i64; 60])), vec!["stands in row 40", "40 x 3", save]),
        ("under", with(&coo, "row", list(&bench, &[-1i64; 60])), vec!["stands in row -1", save]),
        ("few", with(&coo, "col", list(&bench, &[0i64; 50])), vec!["60 rows and 50 columns", save]),
        ("lack", without(&coo, "col"), vec!["no array col"]),
        ("shapeless", without(&csr, "shape"), vec!["no array shape"]),
        ("negative", with(&csr, "shape", shape(&[-40, 3])), vec!["shape -40 x 3", "negative", save]),
        ("line", with(&coo, "shape", shape(&[120])), vec!["1 dimension;", "rows and columns"]),
        ("wide", with(&coo, "shape", shape(&[i64::MAX, i64::MAX])), vec!["--memory allows 4096 MiB"]),
        ("large", with(&csr, "shape", shape(&[1 << 20, 1 << 20])), vec!["4194304 MiB", "--memory"]),
        ("none", with(&coo, "shape", shape(&[0, 3])), vec!["stands in row"]),
        ("empty", with(&csr, "shape", shape(&[40, 0])), vec!["stands in column"]),
        ("nan", with(&csr, "data", list(&bench, &[f64::NAN; 60])), vec!["row 0", "NaN", "finite"]),
    ];
    for (name, parts, hints) in cases {
        let file = format!("{name}.npz");
        stored(&bench, &file, &parts);
        let hints = [&[file.as_str()][..], &hints].concat();
        bench.refuses(&["embed", "pca", &file, "-o", "o.npy"], &hints);
        bench.refuses(&["knn", &file, "-o", "o.npz"], &hints);
        bench.refuses(&["quality", &file, "dense.npy"], &hints);
    }
}

/// A matrix of which little is stored takes the memory of a dense one.
#[test]
fn the_dense_table_counts() {
    let bench = Bench::new();
    let few: Vec<_> = (0..512).map(|i| (i, i % 256, 1.0 + i as f64)).collect();
    stored(&bench, "few.npz", &coo(&bench, &few, [512, 256]));
    assert!(bench.read("few.npz").len() < 1 << 15);
    // 512 x 256 numbers of 12 bytes are 1.5 MiB.
    let args = ["embed", "pca", "few.npz", "-o", "o.npy", "--memory"];
    bench.refuses(&[&args[..], &["1MiB"]].concat(), &["few.npz needs 2 MiB", "give --memory 2MiB"]);
    bench.succeeds(&[&args[..], &["2MiB"]].concat());
}
