//! Hashes (SHA-256) of inputs, outputs and options, as `sha256sum` prints them.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use seethru::video::Input;
use sha2::{Digest as _, Sha256};

/// Read at a time: more makes it no faster.
const PIECE: usize = 1 << 18;

/// A hash, and of how many bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hashed {
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
}

pub(crate) fn text(text: &str) -> String {
    hexadecimal(&Sha256::digest(text))
}

pub(crate) fn file(path: &Path) -> io::Result<Hashed> {
    let (mut file, mut hash, mut bytes) = (File::open(path)?, Sha256::new(), 0);
    let mut piece = vec![0; PIECE];
    loop {
        let read = match file.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hash.update(&piece[..read]);
        bytes += read as u64;
    }
    Ok(Hashed { sha256: hexadecimal(&hash.finalize()), bytes })
}

/// Of a video its file's; of images that of the list of their hashes, in order.
pub(crate) fn input(input: &Input) -> io::Result<Hashed> {
    let paths = input.paths();
    if let [path] = paths[..] {
        return file(path);
    }
    let (mut list, mut bytes) = (String::new(), 0);
    for path in paths {
        let hashed = file(path)?;
        list += &format!("{}\n", hashed.sha256);
        bytes += hashed.bytes;
    }
    Ok(Hashed { sha256: text(&list), bytes })
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_sha256sum_prints_it() {
        // FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(text("abc"), abc);
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("abc.png"), "abc").unwrap();
        std::fs::write(at("d.png"), "d").unwrap();
        assert_eq!(file(&at("abc.png")).unwrap(), Hashed { sha256: abc.to_owned(), bytes: 3 });
        let [one, other] = [["abc.png", "d.png"], ["d.png", "abc.png"]]
            .map(|names| input(&Input::images(names.map(at).to_vec())).unwrap());
        assert_eq!((one.bytes, other.bytes), (4, 4));
        assert_ne!(one.sha256, other.sha256);
    }
}
