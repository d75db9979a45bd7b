//! What follows from the frames' differences and the displacement.

use super::look::repeats;
use super::small::{FRAMES, Sample};
use super::suggest::patch_for;
use crate::video::{Channels, Depth, Frame, Input, Samples};

#[test]
fn copies_are_counted_and_their_rule_is_found() {
    // Of each pair or triple the first is new.
    assert_eq!(repeats(&[0.0, 2.0, 0.0, 2.5, 0.0, 1.5, 0.0]), (4, 2));
    assert_eq!(repeats(&[0.01, 0.02, 2.0, 0.0, 0.02, 2.5, 0.01, 0.0, 1.5]), (6, 3));
    // One copy too few, or in the wrong place: no rule.
    assert_eq!(repeats(&[0.0, 2.0, 0.0, 2.5, 1.8, 1.5, 0.0]), (3, 1));
    assert_eq!(repeats(&[2.0, 0.0, 2.5, 0.0, 1.5, 0.0]), (3, 1));
    // Calm water changes little, but as much as ever.
    assert_eq!(repeats(&[0.1, 0.12, 0.09, 0.11, 0.1]), (0, 1));
    assert_eq!(repeats(&[]), (0, 1));
}

#[test]
fn patches_grow_with_the_displacement_and_have_a_middle() {
    let patches: Vec<usize> = (0..200).map(|tenth| patch_for(f64::from(tenth) / 10.0)).collect();
    assert!(patches.windows(2).all(|pair| pair[0] <= pair[1]), "{patches:?}");
    assert!(patches.iter().all(|patch| patch.is_multiple_of(2)), "{patches:?}");
}

fn frame(width: usize, height: usize, value: impl Fn(usize, usize) -> u16) -> Frame {
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let samples = Samples::U16(places.map(|(x, y)| value(x, y)).collect());
    Frame { width, height, channels: Channels::Luma, samples }
}

#[test]
fn the_sample_is_small_from_the_middle_and_can_be_read_as_a_clip() {
    let mut sample = Sample::planned((515, 300), Some(1000), Some(50.0));
    assert_eq!((sample.shrink, sample.apart), (3, 4));
    let ramp = frame(515, 300, |x, _| (257 * (x / 3)) as u16);
    for at in 0..1000 {
        sample.offer(at, at as u32, &ramp);
    }
    assert_eq!(sample.numbers.len(), FRAMES);
    let (first, last) = (sample.numbers[0], sample.numbers[FRAMES - 1]);
    assert_eq!(last - first, 4 * (FRAMES as u32 - 1));
    assert!(first.abs_diff(1000 - last) <= 4, "{first} to {last} is the middle");
    for (x, value) in sample.plane(0).values[..4].iter().enumerate() {
        // Nine ninths of a value are not exactly it.
        assert!((value - x as f32).abs() < 1e-4, "{x}: {value}");
    }
    let folder = tempfile::tempdir().unwrap();
    for channels in [Channels::Luma, Channels::Rgb] {
        let clip = Input::spool_y4m(&sample.y4m(channels)[..], folder.path()).unwrap();
        let mut source = clip.open(Channels::Luma).unwrap();
        let info = source.info();
        assert_eq!((info.width, info.height, info.channels, info.depth), (171, 100, channels, Depth::Eight));
        let Samples::U8(samples) = source.next_frame().unwrap().unwrap().samples else { panic!() };
        assert_eq!(samples[..4], [0, 1, 2, 3]);
        assert_eq!(info_frames(source), FRAMES);
    }
}

fn info_frames(mut source: Box<dyn crate::video::FrameSource>) -> usize {
    let mut frames = 1;
    while source.skip_frame().unwrap() {
        frames += 1;
    }
    frames
}
