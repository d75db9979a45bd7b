//! What the values of samples mean, where it is not what everything expects: carried from the input to the still.

use std::sync::Arc;

use super::Channels;

/// What the values of samples mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColorSpace {
    /// Colors as sRGB and standard video have them.
    #[default]
    Standard,
    /// Those of an ICC profile, as the file has it.
    Icc(Arc<[u8]>),
    /// High dynamic range: code points of ITU-T H.273.
    HighDynamicRange {
        /// Primary colors: 9 for those of BT.2020.
        primaries: u8,
        /// The transfer: 16 for PQ, 18 for HLG.
        transfer: u8,
    },
}

impl ColorSpace {
    /// The profile, if it is one of pictures with these channels (ICC.1:2022, 7.2.6: the data color space).
    pub(super) fn profile(&self, channels: Channels) -> Option<&[u8]> {
        let ColorSpace::Icc(profile) = self else { return None };
        let wanted = match channels {
            Channels::Luma => b"GRAY",
            Channels::Rgb => b"RGB ",
        };
        (profile.get(16..20)? == wanted).then_some(profile)
    }
}

/// The chunk cICP of a PNG (Portable Network Graphics, third edition, 11.3.2.6): RGB, full range.
pub(super) fn cicp(primaries: u8, transfer: u8) -> Vec<u8> {
    let chunk = [b'c', b'I', b'C', b'P', primaries, transfer, 0, 1];
    [&4u32.to_be_bytes()[..], &chunk, &crc32fast::hash(&chunk).to_be_bytes()].concat()
}
