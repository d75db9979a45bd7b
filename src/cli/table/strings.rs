//! Arrays of strings from NumPy, for labels.

use std::io::Read;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use npyz::{DType, Endianness, NpyFile, TypeChar};

use super::Limit;

/// Bytes of a code point.
const WIDE: usize = 4;

/// Whether the array holds strings (`<U..`, `|S..`).
pub(super) fn are_strings<R: Read>(file: &NpyFile<R>) -> bool {
    match file.dtype() {
        DType::Plain(kind) => matches!(kind.type_char(), TypeChar::UnicodeStr | TypeChar::ByteStr),
        _ => false,
    }
}

/// The strings of an array, in the order of the file.
pub(super) fn strings<R: Read>(path: &Path, file: NpyFile<R>, limit: Limit) -> Result<Vec<String>> {
    let DType::Plain(kind) = file.dtype() else { bail!("its rows are records; strings are needed") };
    let Some(width) = kind.num_bytes() else { bail!("its strings are longer than there can be") };
    let n = file.len() as usize;
    limit.allow_numbers(path, n, 1, 2 * width + size_of::<String>())?;
    let mut reader = file.into_inner();
    let mut bytes = vec![0; width];
    let mut all = Vec::with_capacity(n);
    for _ in 0..n {
        reader.read_exact(&mut bytes).context("its data end early: save it again")?;
        all.push(match kind.type_char() {
            TypeChar::UnicodeStr => wide(&bytes, kind.endianness()),
            _ => narrow(&bytes),
        });
    }
    Ok(all)
}

/// Code points of four bytes, filled up with zeros.
fn wide(bytes: &[u8], order: Endianness) -> String {
    let code = |four: &[u8]| {
        let four = [four[0], four[1], four[2], four[3]];
        if order == Endianness::Big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
    };
    let codes = bytes.chunks_exact(WIDE).map(code).take_while(|&code| code != 0);
    codes.map(|code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn narrow(bytes: &[u8]) -> String {
    let length = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_both_widths_and_orders() {
        let little: Vec<u8> = "q\u{fc}\0".chars().flat_map(|c| (c as u32).to_le_bytes()).collect();
        let big: Vec<u8> = "q\u{fc}\0".chars().flat_map(|c| (c as u32).to_be_bytes()).collect();
        assert_eq!(wide(&little, Endianness::Little), "q\u{fc}");
        assert_eq!(wide(&big, Endianness::Big), "q\u{fc}");
        assert_eq!(narrow(b"cat\0\0"), "cat");
        assert_eq!((wide(&[], Endianness::Little), narrow(b"")), (String::new(), String::new()));
    }
}
