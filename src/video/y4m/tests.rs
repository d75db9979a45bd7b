//! FFmpeg's conversion compared with the plain one of builds without it.

use std::path::Path;

use super::header::Header;
use super::plain;
use crate::video::ffmpeg::Planes;
use crate::video::{Channels, Samples};

/// Smooth planes, on which every interpolation of chroma agrees to a level or two.
fn planes(header: &Header) -> Vec<u8> {
    let unit = 1_usize << (header.bits - 8);
    let mut bytes = Vec::new();
    let mut plane = |width: usize, height: usize, slope: usize| {
        for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
            let code = unit * (60 + (slope * x + 30 * y) / width.max(height));
            bytes.extend(&(code as u16).to_le_bytes()[..header.sample_bytes()]);
        }
    };
    plane(header.width, header.height, 100);
    if let Some(chroma) = header.chroma {
        let (width, height) = header.chroma_size(chroma);
        plane(width, height, 90);
        plane(width, height, 20);
        if chroma.alpha {
            plane(header.width, header.height, 0);
        }
    }
    bytes
}

#[test]
fn both_conversions_agree() {
    for space in [
        "420jpeg", "420mpeg2", "420paldv", "422", "411", "444", "444alpha", "mono", "420p10", "422p12",
        "444p16", "mono12",
    ] {
        let header = Header::parse(format!("YUV4MPEG2 W96 H64 F25:1 C{space}").as_bytes()).unwrap();
        let planes = planes(&header);
        for channels in [Channels::Luma, Channels::Rgb] {
            let size = (96, 64);
            let with =
                Planes::new(Path::new("a"), &header, size, channels).unwrap().convert(&planes).unwrap();
            let plain = plain::Planes::new(Path::new("a"), &header, size, channels)
                .unwrap()
                .convert(&planes)
                .unwrap();
            let (with, plain, level) = match (with, plain) {
                (Samples::U8(with), Samples::U8(plain)) => (
                    with.into_iter().map(u16::from).collect::<Vec<u16>>(),
                    plain.into_iter().map(u16::from).collect::<Vec<u16>>(),
                    1,
                ),
                (Samples::U16(with), Samples::U16(plain)) => (with, plain, 257),
                _ => panic!("{space}: of two depths"),
            };
            assert_eq!(with.len(), plain.len());
            let inner = |at: &usize| {
                let (x, y) = (at / channels.count() % 96, at / channels.count() / 96);
                (4..92).contains(&x) && (4..60).contains(&y)
            };
            let most = (0..with.len()).filter(inner).map(|at| with[at].abs_diff(plain[at])).max().unwrap();
            assert!(most <= 2 * level, "{space}, {channels:?}: {most}");
        }
    }
}
