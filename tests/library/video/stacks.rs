//! Files of several pictures.

use std::path::Path;

use image::{DynamicImage, ImageBuffer, Luma, Rgb};
use seethru::video::{Channels, Input, VideoError, read_still, still_size};
use tiff::encoder::{TiffEncoder, colortype};
use tiff::tags::Tag;

use crate::video::support::{eight, read};

/// Pages of 5x3 pixels, of which each has its own gray.
fn write_stack(path: &Path, grays: &[u8], big: bool) {
    let file = std::fs::File::create(path).unwrap();
    let mut both = if big {
        (None, Some(TiffEncoder::new_big(file).unwrap()))
    } else {
        (Some(TiffEncoder::new(file).unwrap()), None)
    };
    for &gray in grays {
        match &mut both {
            (Some(small), _) => small.write_image::<colortype::Gray8>(5, 3, &[gray; 15]).unwrap(),
            (_, Some(big)) => big.write_image::<colortype::Gray8>(5, 3, &[gray; 15]).unwrap(),
            _ => unreachable!(),
        }
    }
}

fn grays(path: &Path) -> Vec<u8> {
    let (frames, warnings) = read(path, Channels::Luma).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    frames.iter().map(|frame| eight(frame)[7]).collect()
}

#[test]
fn each_page_of_a_tiff_is_a_frame() {
    for big in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tif");
        write_stack(&path, &[10, 20, 30], big);
        assert_eq!(grays(&path), [10, 20, 30]);
        assert_eq!(grays(folder.path()), [10, 20, 30]);
        let input = Input::locate(&path).unwrap();
        assert_eq!((input.name(), input.info().unwrap().announced_frames), (path.clone(), Some(3)));
        // Beside others, in the order of the files.
        write_stack(&folder.path().join("b.tif"), &[40], big);
        write_stack(&folder.path().join("c.tif"), &[50, 60], big);
        assert_eq!(grays(folder.path()), [10, 20, 30, 40, 50, 60]);
        let lone = folder.path().join("b.tif");
        assert!(matches!(Input::locate(lone), Err(VideoError::SingleImage { .. })));
    }
}

#[test]
fn smaller_copies_in_a_tiff_are_no_frames() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let mut encoder = TiffEncoder::new(std::fs::File::create(&path).unwrap()).unwrap();
    for (gray, side, kind) in [(10_u8, 8_u32, 0_u32), (11, 4, 1), (20, 8, 0), (21, 4, 1)] {
        let mut page = encoder.new_image::<colortype::Gray8>(side, side).unwrap();
        page.encoder().write_tag(Tag::NewSubfileType, kind).unwrap();
        page.write_data(&vec![gray; (side * side) as usize]).unwrap();
    }
    assert_eq!(grays(&path), [10, 20]);
}

#[test]
fn pages_that_lead_back_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    write_stack(&path, &[10, 20], false);
    let mut bytes = std::fs::read(&path).unwrap();
    let first = bytes[4..8].to_vec();
    // After the last directory comes the first in place of none.
    let mut place = u32::from_le_bytes(first.clone().try_into().unwrap()) as usize;
    loop {
        let entries = u16::from_le_bytes(bytes[place..place + 2].try_into().unwrap()) as usize;
        let next = place + 2 + 12 * entries;
        let leads_to = u32::from_le_bytes(bytes[next..next + 4].try_into().unwrap()) as usize;
        if leads_to == 0 {
            bytes[next..next + 4].copy_from_slice(&first);
            break;
        }
        place = leads_to;
    }
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(grays(&path), [10, 20]);
}

#[test]
fn directories_that_overlap_are_no_pages() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    // Each of these begins four bytes after the one before, and has all entries that there can be: 12 bytes each.
    let (first, pages, entries) = (8, 300, 0xffff);
    let next = first + 2 + 12 * entries;
    let mut bytes = vec![0xff; next + 4 * pages];
    bytes[..8].copy_from_slice(b"II\x2a\0\x08\0\0\0");
    for page in 0..pages {
        let leads_to = if page + 1 < pages { (first + 4 * (page + 1)) as u32 } else { 0 };
        bytes[next + 4 * page..][..4].copy_from_slice(&leads_to.to_le_bytes());
        bytes[first + 4 * page..][..4].fill(0xff);
    }
    std::fs::write(&path, bytes).unwrap();
    assert!(matches!(Input::locate(&path), Err(VideoError::SingleImage { .. })));
}

/// An animation of frames that are each one color, 40 ms long.
fn write_webp(path: &Path, colors: &[[u8; 3]]) {
    let chunk = |name: &[u8], data: &[u8]| {
        let mut chunk = [name, &(data.len() as u32).to_le_bytes(), data].concat();
        chunk.resize(chunk.len().next_multiple_of(2), 0);
        chunk
    };
    let (width, height) = (6_u32, 4_u32);
    let size = [(width - 1).to_le_bytes()[..3].to_vec(), (height - 1).to_le_bytes()[..3].to_vec()].concat();
    let (animated, over) = (0b10, 0b10);
    let mut chunks = chunk(b"VP8X", &[&[animated, 0, 0, 0], &size[..]].concat());
    chunks.extend(chunk(b"ANIM", &[0; 6]));
    for &color in colors {
        let still: DynamicImage = ImageBuffer::from_pixel(width, height, Rgb(color)).into();
        let mut bytes = Vec::new();
        still.write_with_encoder(image::codecs::webp::WebPEncoder::new_lossless(&mut bytes)).unwrap();
        let header = [&[0; 6][..], &size, &40_u32.to_le_bytes()[..3], &[over]].concat();
        chunks.extend(chunk(b"ANMF", &[header, bytes[12..].to_vec()].concat()));
    }
    std::fs::write(path, chunk(b"RIFF", &[b"WEBP".to_vec(), chunks].concat())).unwrap();
}

#[test]
fn each_frame_of_an_animated_webp_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.webp");
    write_webp(&path, &[[255, 0, 0], [0, 255, 0], [0, 0, 255]]);
    let (frames, warnings) = read(&path, Channels::Rgb).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    let firsts: Vec<Vec<u8>> = frames.iter().map(|frame| eight(frame)[..3].to_vec()).collect();
    assert_eq!(firsts, [[255, 0, 0], [0, 255, 0], [0, 0, 255]]);
    let input = Input::locate(&path).unwrap();
    assert_eq!(input.info().unwrap().frame_rate, Some(25.0));
    // Frames that are skipped are drawn all the same: others lie over them.
    let mut source = input.open(Channels::Luma).unwrap();
    assert!(source.skip_frame().unwrap() && source.skip_frame().unwrap());
    assert_eq!(eight(&source.next_frame().unwrap().unwrap())[0], 29);
    assert!(source.next_frame().unwrap().is_none());
}

#[test]
fn pictures_that_claim_more_than_there_can_be_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let side = 1_u32 << 20;
    std::fs::write(at("a.pgm"), format!("P5 {side} {side} 255\n")).unwrap();
    write_bmp(&at("a.bmp"), 30000);
    for name in ["a.pgm", "a.bmp"] {
        let refused = read_still(&at(name)).unwrap_err();
        assert!(matches!(&refused, VideoError::HugeImage { path, .. } if *path == at(name)), "{refused}");
        let twice = Input::images(vec![at(name); 2]).open(Channels::Rgb).unwrap().next_frame().unwrap_err();
        assert!(matches!(twice, VideoError::HugeImage { .. }), "{twice}");
    }
    // The canvas of an animation.
    let path = at("a.webp");
    write_webp(&path, &[[255, 0, 0], [0, 255, 0]]);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[24..30].copy_from_slice(&[0xfe, 0xff, 0, 0xfe, 0xff, 0]);
    std::fs::write(&path, bytes).unwrap();
    let refused = read(&path, Channels::Rgb).unwrap_err();
    assert!(matches!(refused, VideoError::HugeImage { .. }), "{refused}");
    assert_eq!(
        refused.to_string().trim_start_matches(&format!("the image {} ", path.display())),
        "claims to be 65535x65535, which takes more than 4 GiB: make it smaller; if it is, it is damaged"
    );
}

/// A bitmap of 24 bits that claims to be a square of this side, and ends behind its header.
fn write_bmp(path: &Path, side: i32) {
    let still: DynamicImage = ImageBuffer::from_pixel(2, 2, Rgb([1_u8, 2, 3])).into();
    still.save(path).unwrap();
    let mut bytes = std::fs::read(path).unwrap();
    bytes[18..22].copy_from_slice(&side.to_le_bytes());
    bytes[22..26].copy_from_slice(&(2 * side).to_le_bytes());
    std::fs::write(path, bytes).unwrap();
}

#[cfg(feature = "video")]
#[test]
fn jpegs_one_after_the_other_are_a_video() {
    let folder = tempfile::tempdir().unwrap();
    let jpeg = |gray: u8| {
        let still: DynamicImage = ImageBuffer::from_pixel(32, 16, Luma([gray])).into();
        let mut bytes = Vec::new();
        still.write_with_encoder(image::codecs::jpeg::JpegEncoder::new(&mut bytes)).unwrap();
        bytes
    };
    let stream = folder.path().join("stream.mjpeg");
    std::fs::write(&stream, [jpeg(50), jpeg(100), jpeg(200)].concat()).unwrap();
    let values = grays(&stream);
    assert_eq!(values.len(), 3);
    for (value, wanted) in values.into_iter().zip([50_u8, 100, 200]) {
        assert!(value.abs_diff(wanted) <= 2);
    }
    // A camera's still with a preview behind it, which its header lists.
    let first = jpeg(50);
    let listed = [&first[..2], &[0xff, 0xe2, 0, 6], b"MPF\0", &first[2..], &jpeg(50)].concat();
    std::fs::write(&stream, listed).unwrap();
    assert!(matches!(Input::locate(&stream), Err(VideoError::SingleImage { .. })));
}

#[test]
fn headers_tell_the_size_before_anything_is_decoded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.ppm");
    std::fs::write(&path, b"P6 60000 60000 255\n").unwrap();
    let size = still_size(&path).unwrap();
    assert_eq!((size.width, size.height), (60000, 60000));
    std::fs::copy(&path, folder.path().join("second.ppm")).unwrap();
    let info = Input::locate(folder.path()).unwrap().info().unwrap();
    assert_eq!((info.width, info.height), (60000, 60000));
    let still = folder.path().join("a.png");
    DynamicImage::new_luma16(4, 3).save(&still).unwrap();
    let frame = read_still(&still).unwrap();
    assert_eq!((frame.width, frame.height, frame.samples.len()), (4, 3, 12));
}
