//! What a NumPy array claims to be, checked before any of it is believed.

use std::io::{Chain, Cursor, Read};

use anyhow::{Context as _, Result, bail, ensure};
use npyz::NpyFile;

const MAGIC: &[u8] = b"\x93NUMPY";
/// NumPy's headers have some hundred bytes, those of records with many fields some thousand.
const LONGEST: usize = 1 << 16;
/// A shape in a list of fields lies four brackets deep. The parser's time is exponential in the depth.
const DEEPEST: usize = 8;

/// The array that `reader` begins with; `bytes` are left in all.
pub(super) fn opened<R: Read>(mut reader: R, bytes: u64) -> Result<NpyFile<Chain<Cursor<Vec<u8>>, R>>> {
    let Some(header) = header(&mut reader) else { bail!("this is not a NumPy array") };
    let left = bytes.saturating_sub(header.len() as u64);
    let file = NpyFile::new(Cursor::new(header).chain(reader)).context("this is not a NumPy array")?;
    let numbers = file.shape().iter().try_fold(1u64, |product, &length| product.checked_mul(length));
    let claimed = file.dtype().num_bytes().and_then(|size| numbers?.checked_mul(size as u64));
    let shape = file.shape().iter().map(u64::to_string).collect::<Vec<_>>().join(" x ");
    match claimed {
        None => bail!("its header claims {shape} numbers, more than there can be"),
        Some(claimed) => ensure!(
            claimed <= left,
            "its data end early: its header claims {shape} numbers in {claimed} bytes, and there are {left}"
        ),
    }
    Ok(file)
}

/// Everything before the data; `None` if that is no header that NumPy would write.
fn header(reader: &mut impl Read) -> Option<Vec<u8>> {
    let mut header = vec![0; MAGIC.len() + 2];
    reader.read_exact(&mut header).ok()?;
    // The length has two bytes in the first version of the format, four since.
    let mut length = [0; 4];
    let wide = if header[MAGIC.len()] == 1 { 2 } else { 4 };
    reader.read_exact(&mut length[..wide]).ok()?;
    header.extend(&length[..wide]);
    let text = u32::from_le_bytes(length) as usize;
    if !header.starts_with(MAGIC) || text > LONGEST {
        return None;
    }
    let start = header.len();
    header.resize(start + text, 0);
    reader.read_exact(&mut header[start..]).ok()?;
    (depth(&header[start..]) <= DEEPEST).then_some(header)
}

/// Brackets that are open at once, at most.
fn depth(text: &[u8]) -> usize {
    let (mut open, mut most) = (0usize, 0);
    for byte in text {
        match byte {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An array with this header and so many bytes of data.
    fn array(text: &str, data: usize) -> Vec<u8> {
        let length = u16::try_from(text.len()).unwrap().to_le_bytes();
        [MAGIC, &[1, 0], &length, text.as_bytes(), &vec![0; data]].concat()
    }

    #[track_caller]
    fn refused(bytes: &[u8]) -> String {
        opened(bytes, bytes.len() as u64).err().unwrap().to_string()
    }

    #[test]
    fn claims_are_compared_with_what_there_is() {
        let shaped =
            |shape: &str| format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n");
        let whole = array(&shaped("(3, 2)"), 24);
        let values: Vec<f32> = opened(&whole[..], whole.len() as u64).unwrap().into_vec().unwrap();
        assert_eq!(values, [0.0; 6]);
        let cut = array(&shaped("(3, 2)"), 20);
        assert!(refused(&cut).contains("3 x 2 numbers in 24 bytes, and there are 20"));
        for shape in ["(4294967296, 4294967296)", "(9223372036854775808, 3)", "(3, 6148914691236517206, 2)"] {
            assert!(refused(&array(&shaped(shape), 24)).contains("more than there can be"), "{shape}");
        }
    }

    #[test]
    fn headers_that_numpy_would_not_write_are_refused_at_once() {
        let deep = format!("{}{}\n", "[".repeat(40), "]".repeat(40));
        for bytes in [
            &b"\x93NUMP"[..],
            b"",
            &array(&deep, 0),
            &array("{'descr': ", 0),
            b"PK\x03\x04...........",
            &[MAGIC, &[2, 0], &[255; 4], b"{}"].concat(),
        ] {
            assert_eq!(refused(bytes), "this is not a NumPy array");
        }
    }
}
