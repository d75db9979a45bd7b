//! Folders and patterns of images.

use std::path::Path;

use image::{DynamicImage, ImageBuffer, Luma, LumaA, Rgb, Rgba};
use seethru::video::{Channels, Depth, Input, Size, VideoError};

use crate::video::support::{drain, eight, error, read, sixteen};

fn gray(value: u8) -> DynamicImage {
    ImageBuffer::from_fn(5, 3, |x, _| Luma([value + x as u8])).into()
}

fn color(pixel: [u8; 3]) -> DynamicImage {
    ImageBuffer::from_pixel(5, 3, Rgb(pixel)).into()
}

fn save(folder: &Path, name: &str, image: &DynamicImage) {
    image.save(folder.join(name)).unwrap();
}

#[test]
fn images_come_in_natural_order() {
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in [("f10.png", 100), ("f2.png", 20), ("f1.png", 10)] {
        save(folder.path(), name, &gray(value));
    }
    std::fs::write(folder.path().join("notes.txt"), "not an image").unwrap();
    std::fs::write(folder.path().join("._f1.png"), "not an image either").unwrap();
    for path in [folder.path().to_owned(), folder.path().join("*.png"), folder.path().join("f*")] {
        let input = Input::locate(&path).unwrap();
        assert_eq!(input.paths().len(), 3);
        assert_eq!(input.name(), folder.path());
        let source = input.open(Channels::Luma).unwrap();
        assert_eq!(source.info().channels, Channels::Luma);
        assert_eq!(source.info().announced_frames, Some(3));
        assert_eq!((source.info().codec.as_str(), source.info().frame_rate), ("png", None));
        let (frames, _) = drain(source).unwrap();
        let firsts: Vec<u8> = frames.iter().map(|frame| eight(frame)[0]).collect();
        assert_eq!(firsts, [10, 20, 100]);
        assert_eq!(eight(&frames[0])[..5], [10, 11, 12, 13, 14]);
    }
}

#[test]
fn every_format_is_read_by_content() {
    for ending in ["png", "tif", "bmp", "webp", "ppm", "jpg"] {
        let folder = tempfile::tempdir().unwrap();
        let image = if ending == "webp" { color([200; 3]) } else { color([200, 100, 50]) };
        save(folder.path(), &format!("1.{ending}"), &image);
        save(folder.path(), &format!("2.{ending}"), &image);
        std::fs::rename(folder.path().join(format!("2.{ending}")), folder.path().join("2.png")).unwrap();
        let (frames, _) = read(folder.path(), Channels::Rgb).unwrap();
        assert_eq!(frames.len(), 2);
        let want = image.to_rgb8().get_pixel(0, 0).0;
        for (value, want) in eight(&frames[1]).iter().zip(want.repeat(15)) {
            assert!(value.abs_diff(want) <= if ending == "jpg" { 4 } else { 0 }, "{ending}");
        }
    }
}

#[test]
fn one_image_of_sixteen_bits_or_in_color_decides_for_all() {
    let folder = tempfile::tempdir().unwrap();
    let deep: ImageBuffer<Luma<u16>, _> = ImageBuffer::from_pixel(5, 3, Luma([4660]));
    save(folder.path(), "1.png", &ImageBuffer::from_pixel(5, 3, Luma([255_u8])).into());
    save(folder.path(), "2.png", &deep.into());
    save(folder.path(), "3.png", &color([255, 0, 0]));
    let source = Input::locate(folder.path()).unwrap().open(Channels::Luma).unwrap();
    assert_eq!((source.info().depth, source.info().channels), (Depth::Sixteen, Channels::Rgb));
    let (frames, warnings) = drain(source).unwrap();
    assert_eq!((sixteen(&frames[0])[0], sixteen(&frames[1])[0]), (65535, 4660));
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[test]
fn fewer_bits_in_sixteen_are_scaled_and_told() {
    for (bits, highest) in [(10, 1023), (12, 4095), (14, 16383)] {
        let folder = tempfile::tempdir().unwrap();
        for number in 1..=3_u32 {
            // The last alone uses all the bits.
            let code = |x: u32| (highest * (x + 1) * number / 15) as u16;
            let narrow = ImageBuffer::from_fn(5, 3, |x, _| Luma([code(x)]));
            save(folder.path(), &format!("{number}.tif"), &narrow.into());
        }
        let (frames, warnings) = read(folder.path(), Channels::Luma).unwrap();
        assert_eq!(sixteen(&frames[2])[4], 65535);
        let half = f64::from(highest * 4 * 2 / 15) / f64::from(highest) * 65535.0;
        assert_eq!(f64::from(sixteen(&frames[1])[3]), half.round());
        assert!(warnings[0].contains(&format!("{bits} bits in 16")), "{warnings:?}");
        // One value beyond them, and they all stay as they are.
        save(folder.path(), "4.tif", &ImageBuffer::from_pixel(5, 3, Luma([16384_u16])).into());
        let (frames, warnings) = read(folder.path(), Channels::Luma).unwrap();
        assert_eq!((u32::from(sixteen(&frames[2])[4]), warnings.len()), (highest, 0));
    }
}

#[test]
fn color_and_gray_are_converted_to_what_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    save(folder.path(), "1.png", &gray(7));
    save(folder.path(), "2.png", &color([255, 0, 0]));
    save(folder.path(), "3.png", &ImageBuffer::from_pixel(5, 3, Rgba([0, 255, 0, 3_u8])).into());
    save(folder.path(), "4.png", &ImageBuffer::from_pixel(5, 3, LumaA([9, 0_u8])).into());
    let (lumas, _) = read(folder.path(), Channels::Luma).unwrap();
    let firsts: Vec<u8> = lumas.iter().map(|frame| eight(frame)[0]).collect();
    assert_eq!(firsts, [7, 76, 150, 9]);
    let (colors, _) = read(folder.path(), Channels::Rgb).unwrap();
    assert_eq!(eight(&colors[0])[..6], [7, 7, 7, 8, 8, 8]);
    assert_eq!(eight(&colors[2])[..3], [0, 255, 0]);
}

#[test]
fn exif_orientation_turns_the_picture() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = std::io::Cursor::new(Vec::new());
    let steps: DynamicImage =
        ImageBuffer::from_fn(32, 16, |x, _| Luma([if x < 16 { 0 } else { 255_u8 }])).into();
    steps.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    // Orientation 6: shown turned clockwise. One big-endian TIFF directory with one entry.
    let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let mut turned = bytes.get_ref()[..2].to_vec();
    turned.extend([0xff, 0xe1, 0, exif.len() as u8 + 2]);
    turned.extend(exif);
    turned.extend(&bytes.get_ref()[2..]);
    for name in ["1.jpg", "2.jpg"] {
        std::fs::write(folder.path().join(name), &turned).unwrap();
    }
    let (frames, _) = read(folder.path(), Channels::Luma).unwrap();
    assert_eq!((frames[0].width, frames[0].height), (16, 32));
    let values = eight(&frames[0]);
    assert!(values[0] < 5 && values[16 * 31] > 250);
}

#[test]
fn mixed_sizes_name_both_files() {
    let folder = tempfile::tempdir().unwrap();
    save(folder.path(), "a1.png", &gray(1));
    save(folder.path(), "a2.png", &DynamicImage::new_luma8(6, 3));
    match error(folder.path()) {
        VideoError::MixedSizes { first, first_size, other, other_size } => {
            assert!(first.ends_with("a1.png") && other.ends_with("a2.png"));
            assert_eq!(first_size, Size { width: 5, height: 3 });
            assert_eq!(other_size, Size { width: 6, height: 3 });
        }
        other => panic!("{other}"),
    }
}

#[test]
fn images_that_are_cut_off_are_left_out_and_told() {
    for ending in ["png", "jpg", "tif", "bmp", "ppm"] {
        let folder = tempfile::tempdir().unwrap();
        let at = |number: usize| folder.path().join(format!("{number}.{ending}"));
        let noise = ImageBuffer::from_fn(64, 48, |x, y| Rgb([(x * y * 37 % 251) as u8, x as u8, y as u8]));
        for number in 1..=4 {
            DynamicImage::from(noise.clone()).save(at(number)).unwrap();
        }
        let whole = std::fs::read(at(2)).unwrap();
        std::fs::write(at(2), &whole[..whole.len() / 2]).unwrap();
        let (frames, warnings) = read(folder.path(), Channels::Rgb).unwrap();
        assert_eq!(frames.len(), 3, "{ending}");
        assert_eq!(warnings.len(), 1, "{ending}: {warnings:?}");
        assert!(warnings[0].starts_with(&format!("an image is left out: 2.{ending} (")), "{warnings:?}");
        // Nothing but such images is an error that names the first.
        for number in [1, 3, 4] {
            std::fs::write(at(number), &whole[..whole.len() / 2]).unwrap();
        }
        let error = error(folder.path()).to_string();
        assert!(error.contains(&format!("1.{ending}")), "{error}");
    }
}

#[test]
fn bytes_after_a_jpeg_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["1.jpg", "2.jpg"] {
        save(folder.path(), name, &color([9; 3]));
        let path = folder.path().join(name);
        let with_trailer = [std::fs::read(&path).unwrap(), b"a maker's own notes".to_vec()].concat();
        std::fs::write(&path, with_trailer).unwrap();
    }
    let (frames, warnings) = read(folder.path(), Channels::Luma).unwrap();
    assert_eq!((frames.len(), warnings.len()), (2, 0));
}

#[test]
fn a_file_that_goes_away_is_named() {
    let folder = tempfile::tempdir().unwrap();
    save(folder.path(), "1.png", &gray(1));
    save(folder.path(), "2.png", &gray(1));
    let input = Input::locate(folder.path()).unwrap();
    std::fs::remove_file(folder.path().join("2.png")).unwrap();
    let Err(error) = input.open(Channels::Luma) else { panic!("opened") };
    assert!(matches!(error, VideoError::Read { .. }), "{error}");
    assert!(error.to_string().contains("2.png"));
}
