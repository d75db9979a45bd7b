//! Columns by name: between a model and new rows, data and queries; ids and labels beside the coordinates.

use serde_json::Value;

use crate::embed::tables::{npy, pca, read_npy, sheet, text};
use crate::program::Bench;

const N: usize = 40;

/// abc.csv, and its columns as cab.csv.
fn bench() -> Bench {
    let bench = Bench::new();
    let rows = sheet(N);
    text(&bench.at("abc.csv"), "a,b,c", &rows, |_, row| format!("{},{},{}", row[0], row[1], row[2]));
    text(&bench.at("cab.csv"), "c,a,b", &rows, |_, row| format!("{},{},{}", row[2], row[0], row[1]));
    npy(&bench.at("rows.npy"), &[N as u64, 3], &rows);
    bench
}

#[test]
fn new_rows_are_placed_by_the_names_of_their_columns() {
    let bench = bench();
    let old = pca(&bench, "abc.csv", &["--model", "m.bin"]);
    let placed = |input: &str, more: &[&str]| {
        bench.succeeds(&[&["embed", "transform", input, "--model", "m.bin", "-o", "n.npy"], more].concat());
        read_npy(&bench.at("n.npy")).1
    };
    let wanted = placed("abc.csv", &[]);
    assert!(wanted.iter().zip(&old).all(|(a, b)| (a - b).abs() < 1e-9));
    assert_eq!(placed("cab.csv", &[]), wanted);
    // Without names, by place.
    assert_eq!(placed("rows.npy", &[]), wanted);
    text(&bench.at("other.csv"), "a,c,x,b", &sheet(N), |i, row| {
        format!("{},{},{i},{}", row[0], row[2], row[1])
    });
    let args = ["embed", "transform", "other.csv", "--model", "m.bin", "-o", "n.npy"];
    bench.refuses(&args, &["other.csv", "--model m.bin", "column x is unknown", "a, b, c", "--columns"]);
    assert_eq!(placed("other.csv", &["--columns", "b,a,c"]), wanted);
    bench.refuses(&[&args[..], &["--columns", "a,c"]].concat(), &["column b is missing"]);
    // A model of rows without names takes any.
    bench.succeeds(&["embed", "pca", "rows.npy", "--model", "m.bin", "-o", "o.npy"]);
    assert_eq!(placed("abc.csv", &[]), wanted);
    assert_ne!(placed("cab.csv", &[]), wanted);
}

#[test]
fn queries_are_matched_by_the_names_of_their_columns() {
    let bench = bench();
    let args = ["knn", "abc.csv", "-k", "3", "-o", "o.npz", "--queries"];
    bench.succeeds(&[&args[..], &["abc.csv"]].concat());
    let wanted = bench.read("o.npz");
    bench.succeeds(&[&args[..], &["cab.csv"]].concat());
    assert_eq!(bench.read("o.npz"), wanted);
    text(&bench.at("d.csv"), "a,b,d", &sheet(N), |_, row| format!("{},{},{}", row[0], row[1], row[2]));
    bench.refuses(
        &[&args[..], &["d.csv"]].concat(),
        &["--queries: d.csv", "column c is missing", "d is unknown"],
    );
}

#[test]
fn ids_and_labels_stand_beside_the_coordinates() {
    let bench = bench();
    text(&bench.at("t.csv"), "who,a,b,c,kind", &sheet(N), |i, row| {
        format!("\"n, {i}\",{},{},{},{}", row[0], row[1], row[2], ["cat", "dog"][i % 2])
    });
    let args = ["embed", "pca", "t.csv", "--id-column", "who", "--label-column", "kind", "-o", "o.csv"];
    bench.succeeds(&args);
    let text = String::from_utf8(bench.read("o.csv")).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("who,dim1,dim2,kind"));
    let second = lines.nth(1).unwrap();
    assert!(second.starts_with("\"n, 1\",") && second.ends_with(",dog"), "{second}");
    // What stands beside them is none.
    let measured = |args: &[&str]| -> Value {
        let output = bench.command(&[&["quality", "t.csv"], args, &["-k", "5", "--json"]].concat()).output();
        serde_json::from_slice(&output.unwrap().stdout).unwrap()
    };
    bench.succeeds(&["embed", "pca", "abc.csv", "-o", "bare.npy"]);
    let options = ["--id-column", "who", "--label-column", "kind"];
    let report = measured(&[&["o.csv"], &options[..]].concat());
    assert_eq!(
        report["trustworthiness"],
        measured(&[&["bare.npy"], &options[..]].concat())["trustworthiness"]
    );
    assert!(report["label_accuracy"].as_f64().is_some());
    bench.refuses(
        &["embed", "pca", "t.csv", "-o", "o.csv", "--id-column", "me"],
        &["--id-column me", "who, a"],
    );
}

#[test]
fn images_are_named_by_their_files() {
    let bench = Bench::new();
    std::fs::create_dir(bench.at("images")).unwrap();
    for i in 0..5u8 {
        let image = image::GrayImage::from_fn(6, 4, |x, y| image::Luma([(x * x) as u8 * i + y as u8 * 7]));
        image.save(bench.at(&format!("images/face{i}.png"))).unwrap();
    }
    bench.succeeds(&["embed", "pca", "images", "-o", "o.csv"]);
    let text = String::from_utf8(bench.read("o.csv")).unwrap();
    assert!(text.starts_with("file,dim1,dim2\nface0.png,"), "{text}");
    // Neighbors of images are those of their pixels.
    let output = bench.command(&["knn", "images", "-k", "1", "-o", "o.npz", "--json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["columns"], 24);
}

/// As numpy.save writes an array of strings.
fn strings(kind: &str, width: usize, cell: impl Fn(usize) -> Vec<u8>) -> Vec<u8> {
    let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({N},), }}\n");
    let cells = (0..N).flat_map(|i| {
        let mut bytes = cell(i);
        bytes.resize(width, 0);
        bytes
    });
    let length = (header.len() as u16).to_le_bytes();
    b"\x93NUMPY\x01\0".iter().copied().chain(length).chain(header.bytes()).chain(cells).collect()
}

#[test]
fn labels_may_be_strings_of_numpy() {
    let bench = bench();
    let name = |i: usize| ["Z\u{fc}rich", "Bern"][i % 2];
    let wide = |i: usize| name(i).chars().flat_map(|c| (c as u32).to_le_bytes()).collect();
    let big = |i: usize| name(i).chars().flat_map(|c| (c as u32).to_be_bytes()).collect();
    std::fs::write(bench.at("wide.npy"), strings("<U6", 24, wide)).unwrap();
    std::fs::write(bench.at("big.npy"), strings(">U6", 24, big)).unwrap();
    std::fs::write(bench.at("narrow.npy"), strings("|S7", 7, |i| name(i).into())).unwrap();
    for labels in ["wide.npy", "big.npy", "narrow.npy"] {
        bench.succeeds(&["embed", "pca", "abc.csv", "--labels", labels, "-o", "o.csv"]);
        let text = String::from_utf8(bench.read("o.csv")).unwrap();
        assert_eq!(text.lines().next(), Some("dim1,dim2,label"));
        assert!(text.lines().nth(1).unwrap().ends_with(",Z\u{fc}rich"), "{labels}");
    }
    // A column beside an index, as pandas writes a series.
    let lines: String = (0..N).map(|i| format!("{i},{}\n", name(i))).collect();
    std::fs::write(bench.at("series.csv"), format!(",town\n{lines}")).unwrap();
    bench.succeeds(&["embed", "pca", "abc.csv", "--labels", "series.csv", "-o", "s.csv"]);
    assert_eq!(bench.read("s.csv"), bench.read("o.csv"));
    let whole = bench.read("wide.npy");
    std::fs::write(bench.at("cut.npy"), &whole[..whole.len() - 9]).unwrap();
    bench.refuses(
        &["embed", "pca", "abc.csv", "--labels", "cut.npy", "-o", "o.csv"],
        &["--labels", "cut.npy", "end early"],
    );
}

#[test]
fn placing_new_rows_is_reported() {
    let bench = bench();
    bench.succeeds(&["embed", "pca", "abc.csv", "--model", "m.bin", "-o", "o.npy"]);
    let args = ["embed", "transform", "cab.csv", "--model", "m.bin", "--json"];
    let output = bench.command(&args).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["schema"], "seethru.transform/1");
    assert_eq!(
        (&report["rows"], &report["dimensions"], &report["method"]),
        (&40.into(), &2.into(), &"pca".into())
    );
    assert_eq!(report["outputs"], Value::Array(Vec::new()));
}

/// What is called an id and is one by its values is no coordinate, in text and in Parquet.
#[test]
fn ids_are_no_coordinates() {
    let bench = bench();
    let rows = sheet(N);
    let wanted = pca(&bench, "abc.csv", &[]);
    for (name, id) in [
        ("index", (|i| i.to_string()) as fn(usize) -> String),
        ("ID", |i| (1000 + 7 * i).to_string()),
        ("Id", |i| format!("sample {i}")),
    ] {
        text(&bench.at("t.csv"), &format!("a,{name},b,c"), &rows, |i, row| {
            format!("{},{},{},{}", row[0], id(i), row[1], row[2])
        });
        assert_eq!(pca(&bench, "t.csv", &[]), wanted, "{name}");
        let told = bench.command(&["embed", "pca", "t.csv", "-o", "o.csv"]).output().unwrap();
        let told = String::from_utf8(told.stderr).unwrap();
        assert!(
            told.contains(&format!("column {name} numbers the rows")) && told.contains("--columns"),
            "{told}"
        );
        let written = String::from_utf8(bench.read("o.csv")).unwrap();
        assert!(written.lines().nth(3).unwrap().starts_with(&id(2)), "{written}");
    }
    // Numbers that measure something: fractions, or ones that fall and repeat.
    for of in [
        (|i| format!("{}.5", i)) as fn(usize) -> String,
        |i| (i % 7).to_string(),
        |i| (i * 7 % 40).to_string(),
    ] {
        text(&bench.at("t.csv"), "a,index,b,c", &rows, |i, row| {
            format!("{},{},{},{}", row[0], of(i), row[1], row[2])
        });
        assert_ne!(pca(&bench, "t.csv", &[]), wanted);
    }
    text(&bench.at("t.csv"), "a,id,b,c", &rows, |i, row| format!("{},{i},{},{}", row[0], row[1], row[2]));
    assert_eq!(pca(&bench, "t.csv", &["--columns", "a,b,c"]), wanted);
    assert_ne!(pca(&bench, "t.csv", &["--columns", "a,id,b,c"]), wanted);
}
