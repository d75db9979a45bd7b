//! What the values of samples mean, from the input to the still.

use std::path::Path;

use image::codecs::png::PngEncoder;
use image::{ImageBuffer, ImageDecoder as _, ImageEncoder as _, ImageReader, Luma, Rgb};
use seethru::video::{Channels, ColorSpace, Frame, Input, Samples, write_still_in};

use crate::video::support::{fixture, read};

/// The head of a profile and some words: nothing but its data color space is looked at.
fn profile(space: &[u8; 4], words: &str) -> Vec<u8> {
    let mut profile = vec![0; 128];
    profile[16..20].copy_from_slice(space);
    profile.extend_from_slice(words.as_bytes());
    profile
}

fn color_png(path: &Path, profile: &[u8]) {
    let mut encoder = PngEncoder::new(std::fs::File::create(path).unwrap());
    if !profile.is_empty() {
        encoder.set_icc_profile(profile.to_vec()).unwrap();
    }
    let picture = ImageBuffer::from_pixel(5, 3, Rgb([9u8, 8, 7]));
    picture.write_with_encoder(encoder).unwrap();
}

fn series(first: &[u8], second: &[u8]) -> (ColorSpace, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    color_png(&folder.path().join("1.png"), first);
    color_png(&folder.path().join("2.png"), second);
    let space = Input::locate(folder.path()).unwrap().info().unwrap().color_space;
    (space, read(folder.path(), Channels::Rgb).unwrap().1)
}

/// Of a series made of the picture twice.
fn carried(path: &Path) -> ColorSpace {
    let folder = tempfile::tempdir().unwrap();
    for name in ["1", "2"] {
        std::fs::copy(path, folder.path().join(name).with_extension(path.extension().unwrap())).unwrap();
    }
    Input::locate(folder.path()).unwrap().info().unwrap().color_space
}

fn frame(channels: Channels) -> Frame {
    let samples = Samples::U8(vec![100; 4 * 2 * channels.count()]);
    Frame { width: 4, height: 2, channels, samples }
}

#[test]
fn a_profile_is_carried_to_the_still() {
    let wide = profile(b"RGB ", "Display P3");
    let (space, warnings) = series(&wide, &wide);
    assert_eq!(space, ColorSpace::Icc(wide.as_slice().into()));
    assert!(warnings[0].contains("color profile (ICC)"), "{warnings:?}");
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.png", "a.tif", "a.jpg", "a.webp"] {
        let path = folder.path().join(name);
        write_still_in(&path, &frame(Channels::Rgb), &space).unwrap();
        assert_eq!(carried(&path), space, "{name}");
    }
    // One for color says nothing about gray.
    let path = folder.path().join("gray.png");
    write_still_in(&path, &frame(Channels::Luma), &space).unwrap();
    let mut decoder = ImageReader::open(&path).unwrap().into_decoder().unwrap();
    assert_eq!(decoder.icc_profile().unwrap(), None);
}

#[test]
fn profiles_that_cannot_be_carried_are_reported() {
    let (wide, other) = (profile(b"RGB ", "Display P3"), profile(b"RGB ", "Adobe RGB"));
    for (first, second, why) in [
        (&wide, &other, "different color profiles"),
        (&wide, &Vec::new(), "different color profiles"),
        (&Vec::new(), &wide, "different color profiles"),
        (&profile(b"CMYK", "Press"), &profile(b"CMYK", "Press"), "unknown kind"),
        (&b"Display P3".to_vec(), &b"Display P3".to_vec(), "unknown kind"),
    ] {
        let (space, warnings) = series(first, second);
        assert_eq!(space, ColorSpace::Standard);
        assert!(warnings.iter().any(|line| line.contains(why)), "{warnings:?}");
    }
    let standard = profile(b"RGB ", "sRGB IEC61966-2.1");
    assert_eq!(series(&standard, &standard), (ColorSpace::Standard, Vec::new()));
}

#[test]
fn high_dynamic_range_is_reported_and_carried_to_png() {
    let path = fixture("ffv1-32x32-pq.mkv");
    let (frames, warnings) = read(&path, Channels::Rgb).unwrap();
    assert_eq!((frames.len(), warnings.len()), (5, 1));
    assert!(warnings[0].contains("high dynamic range (PQ)"), "{warnings:?}");
    let space = Input::locate(&path).unwrap().info().unwrap().color_space;
    assert_eq!(space, ColorSpace::HighDynamicRange { primaries: 9, transfer: 16 });
    let folder = tempfile::tempdir().unwrap();
    let still = folder.path().join("still.png");
    write_still_in(&still, &frames[0], &space).unwrap();
    let bytes = std::fs::read(&still).unwrap();
    // After the signature and the header; the sum is zlib's crc32 of the chunk's name and data.
    assert_eq!(bytes[33..49], *b"\0\0\0\x04cICP\x09\x10\0\x01\x4d\x23\x23\xfe");
    let picture = image::open(&still).unwrap();
    assert_eq!((picture.width(), picture.height()), (32, 32));
    // What is standard has no such chunk.
    write_still_in(&still, &frames[0], &ColorSpace::Standard).unwrap();
    assert!(!std::fs::read(&still).unwrap().windows(4).any(|four| four == b"cICP"));
}

#[test]
fn gray_pictures_keep_a_profile_for_gray() {
    let gray = profile(b"GRAY", "Dot gain 20%");
    let folder = tempfile::tempdir().unwrap();
    for name in ["1.png", "2.png"] {
        let mut encoder = PngEncoder::new(std::fs::File::create(folder.path().join(name)).unwrap());
        encoder.set_icc_profile(gray.clone()).unwrap();
        ImageBuffer::from_pixel(5, 3, Luma([9u8])).write_with_encoder(encoder).unwrap();
    }
    let space = Input::locate(folder.path()).unwrap().info().unwrap().color_space;
    assert_eq!(space, ColorSpace::Icc(gray.into()));
}
