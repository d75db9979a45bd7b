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

/// A stack of 9x8 pixels of 16 bits as ImageJ writes one of more than 4 GiB: one directory, then one picture after the other.
fn imagej(pictures: &[u16], says: usize, little_endian: bool) -> Vec<u8> {
    let short = |value: u16| if little_endian { value.to_le_bytes() } else { value.to_be_bytes() };
    let long = |value: u32| if little_endian { value.to_le_bytes() } else { value.to_be_bytes() };
    let text = format!("ImageJ=1.54f\nimages={says}\nframes={says}\n\0");
    let (description, samples) = (8 + 2 + 9 * 12 + 4, 512_u32);
    let entries = [
        (256, 4, 1, 9),
        (257, 4, 1, 8),
        (258, 3, 1, 16),
        (262, 3, 1, 1),
        (270, 2, text.len() as u32, description),
        (273, 4, 1, samples),
        (277, 3, 1, 1),
        (278, 3, 1, 8),
        (279, 4, 1, 144),
    ];
    let mut bytes = if little_endian { b"II\x2a\0".to_vec() } else { b"MM\0\x2a".to_vec() };
    bytes.extend(long(8));
    bytes.extend(short(9));
    for (tag, kind, count, value) in entries {
        bytes.extend([short(tag), short(kind)].concat());
        bytes.extend(long(count));
        let field = if kind == 3 { [short(value as u16), [0; 2]].concat() } else { long(value).to_vec() };
        bytes.extend(field);
    }
    bytes.extend(long(0));
    bytes.extend(text.bytes());
    bytes.resize(samples as usize, 0);
    // Each has a slope, so that a picture that begins elsewhere shows.
    bytes.extend(pictures.iter().flat_map(|&value| (0..72).flat_map(move |at| short(value + at))));
    bytes
}

#[test]
fn pictures_behind_one_directory_are_frames() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let wanted = [20_000_u16, 40_000, 60_000];
    let read = || -> Vec<Vec<u16>> {
        let (frames, warnings) = read(&path, Channels::Luma).unwrap();
        assert!(warnings.is_empty(), "{warnings:?}");
        frames.into_iter().map(|frame| frame.samples.into_sixteen()).collect()
    };
    let slope = |value: u16| (value..value + 72).collect::<Vec<u16>>();
    for little_endian in [true, false] {
        let bytes = imagej(&wanted, 3, little_endian);
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(read(), wanted.map(slope));
        // A file that is cut has the pictures before that.
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        assert_eq!(read(), [slope(20_000), slope(40_000)]);
        std::fs::write(&path, imagej(&wanted, 2, little_endian)).unwrap();
        assert_eq!(read().len(), 2);
        std::fs::write(&path, imagej(&wanted, usize::MAX, little_endian)).unwrap();
        assert_eq!(read().len(), 3);
    }
    std::fs::write(&path, imagej(&wanted, 1, true)).unwrap();
    assert!(matches!(Input::locate(&path), Err(VideoError::SingleImage { .. })));
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

/// Opening took a look at every frame for each of them.
#[test]
fn long_animations_are_opened_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.webp");
    let mut seconds = [500_usize, 4000].map(|frames| {
        write_webp(&path, &vec![[9, 99, 200]; frames]);
        let start = std::time::Instant::now();
        assert_eq!(Input::locate(&path).unwrap().info().unwrap().announced_frames, Some(frames));
        start.elapsed().as_secs_f64()
    });
    // Eight times as long, and sixty-four times before; on a busy machine the short one may have waited.
    seconds[0] = seconds[0].max(0.002);
    assert!(seconds[1] < 30.0 * seconds[0], "{seconds:?}");
}

/// By itself it is a video.
#[test]
fn an_animated_png_among_images_is_one_of_them_and_told() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.png", "b.png", "c.png"] {
        let still: DynamicImage = ImageBuffer::from_pixel(6, 4, Luma([50_u8])).into();
        still.save(folder.path().join(name)).unwrap();
    }
    let path = folder.path().join("b.png");
    let plain = std::fs::read(&path).unwrap();
    let chunk = |name: &[u8], data: &[u8]| {
        let named = [name, data].concat();
        [&(data.len() as u32).to_be_bytes()[..], &named, &crc32fast::hash(&named).to_be_bytes()].concat()
    };
    // Behind the header: two frames, of which the picture is the first.
    let control = chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]);
    let frame = [0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 25, 0, 0];
    let animated = [&plain[..33], &control, &chunk(b"fcTL", &frame), &plain[33..]].concat();
    std::fs::write(&path, animated).unwrap();
    let (frames, warnings) = read(folder.path(), Channels::Luma).unwrap();
    assert_eq!(frames.len(), 3);
    let [warning] = &warnings[..] else { panic!("{warnings:?}") };
    assert!(warning.starts_with("b.png is an animation") && warning.contains("by itself"), "{warning}");
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
