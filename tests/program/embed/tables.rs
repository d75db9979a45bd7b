//! Small tables in the formats that are read.

use std::fs::File;
use std::path::Path;

use crate::program::Bench;

use npyz::{AutoSerialize, Order, WriteOptions, WriterBuilder as _};

/// n points on a bent sheet in three dimensions, no two columns alike, none negative.
pub fn sheet(n: usize) -> Vec<f64> {
    (0..n)
        .flat_map(|i| {
            let (t, height) = (3.0 * i as f64 / n as f64, (i * 37 % n) as f64 / n as f64);
            [2.0 + t.cos(), 1.5 + t.sin() * 1.25, 2.0 * height]
        })
        .collect()
}

pub fn npy<T: AutoSerialize + Copy>(path: &Path, shape: &[u64], values: &[T]) {
    array(path, shape, Order::C, values);
}

/// The values in the order of the file.
pub fn array<T: AutoSerialize + Copy>(path: &Path, shape: &[u64], order: Order, values: &[T]) {
    let file = File::create(path).unwrap();
    let mut array =
        WriteOptions::new().default_dtype().shape(shape).order(order).writer(file).begin_nd().unwrap();
    array.extend(values.iter().copied()).unwrap();
    array.finish().unwrap();
}

pub fn csv(path: &Path, columns: usize, values: &[f64]) {
    let lines: Vec<String> = values
        .chunks_exact(columns)
        .map(|row| row.iter().map(f64::to_string).collect::<Vec<_>>().join(","))
        .collect();
    std::fs::write(path, lines.join("\n")).unwrap();
}

/// The array of an .npy file of 64-bit floats, and its shape.
pub fn read_npy(path: &Path) -> (Vec<u64>, Vec<f64>) {
    let file = npyz::NpyFile::new(File::open(path).unwrap()).unwrap();
    (file.shape().to_vec(), file.into_vec().unwrap())
}

/// The principal components of a table.
#[track_caller]
pub fn pca(bench: &Bench, input: &str, more: &[&str]) -> Vec<f64> {
    bench.succeeds(&[&["embed", "pca", input, "-o", "out.npy"], more].concat());
    let (shape, values) = read_npy(&bench.at("out.npy"));
    assert_eq!(shape[1], 2, "{input}");
    values
}

/// The rows in text: `name` of the columns on top unless that is empty, the numbers written by `number`.
pub fn text(path: &Path, names: &str, rows: &[f64], number: impl Fn(usize, &[f64]) -> String) {
    let lines = rows.chunks_exact(3).enumerate().map(|(i, row)| number(i, row));
    let top = (!names.is_empty()).then(|| names.to_owned());
    std::fs::write(path, top.into_iter().chain(lines).collect::<Vec<_>>().join("\n") + "\n").unwrap();
}
