//! The same rows in every format give the same coordinates.

use std::io::Write as _;

use npyz::Order;

use crate::embed::tables::{array, csv, npy, pca, read_npy, sheet};
use crate::program::Bench;

const N: usize = 40;

#[test]
fn arrays_of_any_type_and_order() {
    let bench = Bench::new();
    let rows = sheet(N);
    let shape = [N as u64, 3];
    npy(&bench.at("double.npy"), &shape, &rows);
    let single: Vec<f32> = rows.iter().map(|&x| x as f32).collect();
    npy(&bench.at("single.npy"), &shape, &single);
    let columns: Vec<f64> = (0..3).flat_map(|c| rows.iter().skip(c).step_by(3).copied()).collect();
    array(&bench.at("fortran.npy"), &shape, Order::Fortran, &columns);
    npy(&bench.at("cube.npy"), &[N as u64, 3, 1], &rows);
    let wanted = pca(&bench, "double.npy", &[]);
    for name in ["single.npy", "fortran.npy", "cube.npy"] {
        assert_eq!(pca(&bench, name, &[]), wanted, "{name}");
    }
    let bytes: Vec<u8> = rows.iter().map(|&x| (x * 50.0) as u8).collect();
    npy(&bench.at("bytes.npy"), &shape, &bytes);
    let whole: Vec<i64> = bytes.iter().map(|&b| i64::from(b)).collect();
    npy(&bench.at("whole.npy"), &shape, &whole);
    assert_eq!(pca(&bench, "bytes.npy", &[]), pca(&bench, "whole.npy", &[]));
}

#[test]
fn whole_numbers_far_from_0_are_exact_or_refused() {
    let bench = Bench::new();
    let whole: Vec<u64> = (0..40).flat_map(|i| [(1 << 53) + 1 + 2 * i, i]).collect();
    npy(&bench.at("u64.npy"), &[40, 2], &whole);
    bench
        .refuses(&["knn", "u64.npy", "-k", "2", "-o", "o.npz"], &["u64.npy", "9007199254740993", "subtract"]);
    let whole: Vec<i64> = (0..40).map(|i| 500_000_000_000_000 + i % 8).collect();
    npy(&bench.at("i64.npy"), &[20, 2], &whole);
    bench.refuses(
        &["knn", "i64.npy", "-k", "2", "-o", "o.npz"],
        &["i64.npy", "column 0 varies by", "subtract"],
    );
}

#[test]
fn archives_of_arrays() {
    let bench = Bench::new();
    npy(&bench.at("rows.npy"), &[N as u64, 3], &sheet(N));
    let wanted = pca(&bench, "rows.npy", &[]);
    let rows = bench.read("rows.npy");
    npy(&bench.at("other.npy"), &[N as u64], &vec![1.0; N]);
    let other = bench.read("other.npy");
    for (file, name, deflated) in [("usual.npz", "X", true), ("named.npz", "mine", false)] {
        let mut archive = zip::ZipWriter::new(std::fs::File::create(bench.at(file)).unwrap());
        let method = if deflated { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        for (name, bytes) in [("other", &other), (name, &rows)] {
            archive.start_file(format!("{name}.npy"), options).unwrap();
            archive.write_all(bytes).unwrap();
        }
        archive.finish().unwrap();
    }
    assert_eq!(pca(&bench, "usual.npz", &[]), wanted);
    assert_eq!(pca(&bench, "named.npz", &["--array", "mine"]), wanted);
    bench.refuses(&["embed", "tsne", "named.npz", "-o", "o.npy"], &["named.npz", "other, mine", "--array"]);
    bench.refuses(
        &["embed", "tsne", "named.npz", "-o", "o.npy", "--array", "Y"],
        &["no array Y", "other, mine"],
    );
}

#[test]
fn text_with_and_without_names() {
    let bench = Bench::new();
    let rows = sheet(N);
    npy(&bench.at("rows.npy"), &[N as u64, 3], &rows);
    let wanted = pca(&bench, "rows.npy", &[]);
    csv(&bench.at("bare.csv"), 3, &rows);
    assert_eq!(pca(&bench, "bare.csv", &[]), wanted);
    let lines = rows
        .chunks_exact(3)
        .enumerate()
        .map(|(i, row)| format!("{}\t{}\t{}\t{}\n", row[0], ["cat", "dog"][i % 2], row[1], row[2]));
    let text: String = std::iter::once("a\tkind\tb\tc\n".to_owned()).chain(lines).collect();
    std::fs::write(bench.at("named.tsv"), &text).unwrap();
    assert_eq!(pca(&bench, "named.tsv", &["--columns", "a,b,c"]), wanted);
    assert_eq!(pca(&bench, "named.tsv", &["--label-column", "kind"]), wanted);
    assert_eq!(pca(&bench, "named.tsv", &["--columns", "0,2,3"]), wanted);
    let args = ["embed", "tsne", "named.tsv", "-o", "o.npy"];
    bench.refuses(&args, &["named.tsv", "line 2, column kind is 'cat'", "--label-column"]);
    bench.refuses(&[&args[..], &["--columns", "a,z"]].concat(), &["--columns z", "a, kind, b, c"]);
}

#[test]
fn frames_of_a_video_and_patches_of_a_place() {
    let bench = Bench::with_clip();
    let args = ["embed", "pca", "clip.y4m", "-o", "whole.npy", "--plot", "whole.svg", "--thumbnails"];
    bench.succeeds(&args);
    assert_eq!(read_npy(&bench.at("whole.npy")).0, [12, 2]);
    bench.succeeds(&["embed", "pca", "clip.y4m", "--at", "8,8", "--patch", "16", "-o", "place.npy"]);
    assert_ne!(read_npy(&bench.at("place.npy")).1, read_npy(&bench.at("whole.npy")).1);
    // The clip is 48 x 40.
    let args = ["embed", "tsne", "clip.y4m", "-o", "o.npy", "--at", "33,8", "--patch", "16"];
    bench.refuses(&args, &["--at 33,8", "48x40", "give at most 32,24"]);
    bench.refuses(
        &["embed", "tsne", "clip.y4m", "-o", "o.npy", "--at", "3", "--patch", "16"],
        &["--at", "120,80"],
    );
}
