//! What is read whole, up to a limit: a device or a pipe that never ends, ends there.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// No list of clips, manifest or file of options is as long.
pub(crate) const LONGEST_LIST: u64 = 256 << 20;

/// Everything that is left of `reader`; `None` if that is more than `limit` bytes.
pub(crate) fn read_at_most(reader: impl Read, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    reader.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

/// A file that is a list of some kind.
pub(crate) fn read_list(path: &Path) -> io::Result<Vec<u8>> {
    read_list_of(File::open(path)?)
}

/// The same where it is open already.
pub(crate) fn read_list_of(reader: impl Read) -> io::Result<Vec<u8>> {
    let told = || io::Error::other(format!("it has more than {} MiB, or never ends", LONGEST_LIST >> 20));
    read_at_most(reader, LONGEST_LIST)?.ok_or_else(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_ends_ends_at_the_limit() {
        assert_eq!(read_at_most(&b"abc"[..], 3).unwrap().unwrap(), b"abc");
        assert_eq!(read_at_most(&b"abcd"[..], 3).unwrap(), None);
        assert_eq!(read_at_most(io::repeat(b'x'), 1 << 20).unwrap(), None);
        assert!(read_list_of(io::repeat(0)).unwrap_err().to_string().contains("256 MiB"));
    }
}
