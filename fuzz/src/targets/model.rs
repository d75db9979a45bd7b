//! Models and the names of their columns. The checksums are repaired, so that the fuzzer gets behind them; what is then read
//! places rows.

use crate::within;
use manifold::embed::{NamedModel, Transform as _};
use manifold::points::Points;
use manifold::progress::Silent;

const MODEL: &[u8] = b"seethru model 1\n";
const COLUMNS: &[u8] = b"seethru columns 1\n";
/// Rows that are placed.
const ROWS: usize = 3;

/// Bytes of a file, or of one with a byte before it that says how it is read.
pub fn run(bytes: &[u8]) {
    let repaired = repaired(bytes.to_vec());
    within(256 << 20, || {
        let Ok(named) = NamedModel::from_bytes(&repaired) else { return };
        for dimensions in 1..=5 {
            let values = (0..ROWS * dimensions).map(|i| (1.7 * i as f32).sin()).collect();
            let points = Points::new(values, dimensions).expect("finite rows");
            if let Ok(placed) = named.model.transform(&points, &Silent) {
                assert_eq!(placed.n(), ROWS);
                assert!(placed.coordinates().iter().all(|x| x.is_finite()));
            }
        }
        let again = named.to_bytes().expect("bytes");
        assert!(NamedModel::from_bytes(&again).is_ok());
    });
}

/// The same with every checksum right.
fn repaired(mut bytes: Vec<u8>) -> Vec<u8> {
    let mut start = 0;
    if bytes.starts_with(COLUMNS) {
        let names = COLUMNS.len() + 4;
        let Some(length) = bytes.get(COLUMNS.len()..names) else { return bytes };
        let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]) as usize;
        start = names.saturating_add(length).saturating_add(4);
        if start > bytes.len() {
            return bytes;
        }
        let sum = crc32fast::hash(&bytes[names..start - 4]);
        bytes[start - 4..start].copy_from_slice(&sum.to_le_bytes());
    }
    if bytes[start..].starts_with(MODEL) && bytes.len() >= start + MODEL.len() + 4 {
        let end = bytes.len() - 4;
        let sum = crc32fast::hash(&bytes[start + MODEL.len()..end]);
        bytes[end..].copy_from_slice(&sum.to_le_bytes());
    }
    bytes
}
