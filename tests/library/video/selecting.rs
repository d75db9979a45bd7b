//! Ranges of frames.

use std::num::NonZeroUsize;
use std::path::Path;

use image::DynamicImage;
use seethru::video::{Channels, FrameRange, FrameSource, Input, Selected, VideoError};

use crate::video::support::eight;

/// Ten images; every sample of image n is n.
fn ten(folder: &Path) -> Input {
    for n in 0..10_u8 {
        let image: DynamicImage = image::ImageBuffer::from_pixel(2, 2, image::Luma([n])).into();
        image.save(folder.join(format!("{n}.png"))).unwrap();
    }
    Input::locate(folder).unwrap()
}

fn range(start: usize, end: Option<usize>, every: usize) -> FrameRange {
    FrameRange { start, end, every: NonZeroUsize::new(every).unwrap() }
}

fn selected(input: &Input, range: FrameRange) -> Selected {
    Selected::new(input.open(Channels::Luma).unwrap(), range, input.name())
}

#[test]
fn frames_keep_their_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let input = ten(folder.path());
    for range in [
        FrameRange::default(),
        range(3, None, 1),
        range(0, Some(4), 1),
        range(1, None, 3),
        range(2, Some(9), 2),
        range(9, Some(40), 7),
    ] {
        let mut source = selected(&input, range);
        let mut numbers = Vec::new();
        while let Some((number, frame)) = source.next_numbered().unwrap() {
            assert_eq!(eight(&frame), [number as u8; 4]);
            numbers.push(number);
        }
        let wanted: Vec<usize> = (0..10).filter(|&n| range.contains(n)).collect();
        assert_eq!(numbers, wanted, "{range}");
        assert_eq!((numbers.len(), source.delivered()), (range.count(10), range.count(10)));
    }
}

#[test]
fn a_selection_is_a_source_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut source = selected(&ten(folder.path()), range(1, None, 2));
    assert!(source.skip_frame().unwrap());
    assert_eq!(eight(&source.next_frame().unwrap().unwrap()), [3; 4]);
    assert_eq!(source.next_numbered().unwrap().unwrap().0, 5);
    assert_eq!(source.info().announced_frames, Some(10));
}

#[test]
fn a_range_without_frames_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let input = ten(folder.path());
    let error = selected(&input, range(10, None, 1)).next_numbered().unwrap_err();
    assert!(matches!(error, VideoError::NothingSelected { read: 10, .. }), "{error}");
    assert!(error.to_string().contains("10.."), "{error}");
    assert!(selected(&input, range(5, Some(5), 1)).next_frame().is_err());
    assert!(selected(&input, range(99, None, 1)).skip_frame().is_err());
}
