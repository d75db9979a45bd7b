//! Sparse matrices of lengths, as `scipy.sparse.save_npz` writes them (`--precomputed graph`): of three arrays, each the bytes
//! of an .npy file, an archive is made here, so that the fuzzer does not have to keep to zip.

use std::io::{Cursor, Write as _};

use crate::{File, within};
use arbitrary::{Arbitrary, Unstructured};
use seethru::cli::fuzzing::graph;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// What an array may take.
const MEMORY: usize = 16 << 20;

/// The arrays, and how their numbers are stored.
#[derive(Arbitrary, Debug)]
struct Matrix {
    starts: Vec<i16>,
    columns: Vec<i16>,
    lengths: Vec<f32>,
    /// Changes one byte of the archive.
    damage: Option<(u16, u8)>,
}

/// What [`Arbitrary`] makes of the bytes.
pub fn run(bytes: &[u8]) {
    let Ok(matrix) = Matrix::arbitrary_take_rest(Unstructured::new(bytes)) else { return };
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let starts = matrix.starts.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<_>>();
    let columns = matrix.columns.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<_>>();
    let lengths = matrix.lengths.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<_>>();
    for (name, kind, size, bytes) in
        [("indptr", "<i2", 2, starts), ("indices", "<i2", 2, columns), ("data", "<f4", 4, lengths)]
    {
        let options = SimpleFileOptions::default();
        archive.start_file(format!("{name}.npy"), options).expect("a name");
        archive.write_all(&array(kind, bytes.len() / size, &bytes)).expect("an array");
    }
    let mut bytes = archive.finish().expect("an archive").into_inner();
    if let Some((at, byte)) = matrix.damage {
        let at = usize::from(at) % bytes.len();
        bytes[at] = byte;
    }
    let file = File::new("graph.npz", &bytes);
    within(4 * MEMORY, || graph(file.path(), MEMORY as u64));
}

/// A one-dimensional array as an .npy file.
fn array(kind: &str, length: usize, bytes: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({length},), }}\n");
    let size = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &size[..], header.as_bytes(), bytes].concat()
}
