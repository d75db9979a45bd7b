//! What the still does not depend on: threads, memory, and how frames were selected.

use seethru::progress::Silent;
use seethru::video::{Frame, Input};
use seethru::{Choice, Error, FrameRange, Method, Restoration, Settings, restore};

use crate::clips::{self, still, wavy};
use crate::restore::settings::{centers, count, methods, registering, restored, with};

fn clip() -> Vec<Frame> {
    wavy(&still(96, 80), 15)
}

#[track_caller]
fn assert_same(a: &Restoration, b: &Restoration, what: &str) {
    assert!(a.still == b.still, "{what}: another still");
    let of = |r: &Restoration| r.places.as_ref().map(|p| (p.frame.clone(), p.cost.clone(), p.solves.clone()));
    assert_eq!(of(a), of(b), "{what}");
}

#[test]
fn threads_do_not_change_the_picture() {
    let folder = tempfile::tempdir().unwrap();
    let input = clips::images(folder.path(), &clip());
    for method in methods().into_iter().chain(registering()) {
        let on =
            |threads| restored(&input, &Settings { threads: Some(count(threads)), ..with(method.clone()) });
        let one = on(1);
        for threads in [2, 3] {
            assert_same(&on(threads), &one, &format!("{method:?} on {threads} threads"));
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let on_the_pool =
            pool.install(|| restored(&input, &Settings { threads: None, ..with(method.clone()) }));
        assert_same(&on_the_pool, &one, &format!("{method:?} on the caller's pool"));
    }
}

/// The least memory for one row of places, as the error for less states it.
fn least_memory(input: &Input, settings: &Settings) -> u64 {
    match restore(input, &Settings { memory: 1, ..settings.clone() }, &Silent) {
        Err(Error::Memory { needed, limit: 1 }) => needed,
        other => panic!("{other:?}"),
    }
}

#[test]
fn bands_do_not_change_the_picture() {
    let folder = tempfile::tempdir().unwrap();
    let input = clips::images(folder.path(), &clip());
    for method in methods() {
        let settings = with(method.clone());
        let whole = restored(&input, &settings);
        assert_eq!(whole.bands, 1);
        let least = least_memory(&input, &settings);
        let mut counts = Vec::new();
        for memory in [least, (least + whole.memory_estimate) / 2, whole.memory_estimate] {
            let banded = restored(&input, &Settings { memory, ..settings.clone() });
            assert!(banded.memory_estimate <= memory);
            assert_same(&banded, &whole, &format!("{method:?} in {} bands", banded.bands));
            let spill = Some(folder.path().to_owned());
            let spilled = restored(&input, &Settings { memory, spill, ..settings.clone() });
            assert_same(&spilled, &whole, &format!("{method:?} in {} bands, spilled", spilled.bands));
            counts.push(banded.bands);
        }
        assert!(counts[0] > counts[1] && counts[1] > 1 && counts[2] == 1, "{method:?}: {counts:?}");
    }
}

#[test]
fn comparisons_do_not_depend_on_bands_or_method() {
    let folder = tempfile::tempdir().unwrap();
    let input = clips::images(folder.path(), &clip());
    let settings = Settings { comparisons: true, ..with(centers(3, Choice::Blend)) };
    let memory = least_memory(&input, &settings);
    let whole = restored(&input, &settings).comparisons.unwrap();
    let banded = restored(&input, &Settings { memory, ..settings });
    assert!(banded.bands > 1);
    let banded = banded.comparisons.unwrap();
    for (a, b) in [(whole.mean, banded.mean), (whole.median, banded.median), (whole.raw, banded.raw)] {
        assert!(a == b);
    }
}

/// A range of a longer clip is the clip that was cut like this before.
#[track_caller]
fn assert_cuts(whole: &Input, cut: &Input, range: FrameRange, method: Method) {
    let cut = restored(cut, &with(method.clone()));
    let ranged = restored(whole, &Settings { frames: range, ..with(method.clone()) });
    assert_eq!(ranged.frames_used, cut.frames_used);
    assert!(ranged.still == cut.still, "{method:?} of {range}");
    if let (Some(ranged), Some(cut)) = (ranged.places, cut.places) {
        let original =
            cut.frame.iter().map(|&frame| (range.start + frame as usize * range.every.get()) as u32);
        assert_eq!(ranged.frame, original.collect::<Vec<_>>(), "{method:?}: frames of the whole clip");
    }
}

const RANGE: (usize, usize, usize) = (3, 22, 2);

fn range() -> FrameRange {
    FrameRange { start: RANGE.0, end: Some(RANGE.1), every: count(RANGE.2) }
}

fn cut(clip: &[Frame]) -> Vec<Frame> {
    clip[RANGE.0..RANGE.1].iter().step_by(RANGE.2).cloned().collect()
}

#[test]
fn ranges_are_cut_clips() {
    let clip = wavy(&still(64, 48), 25);
    let folder = tempfile::tempdir().unwrap();
    let whole = clips::images(&folder.path().join("whole"), &clip);
    let cut = clips::images(&folder.path().join("cut"), &cut(&clip));
    for method in methods() {
        assert_cuts(&whole, &cut, range(), method);
    }
    let all = FrameRange { start: 0, end: Some(99), every: count(1) };
    assert_cuts(&whole, &whole, all, centers(3, Choice::Blend));
}

#[test]
fn ranges_are_cut_clips_in_y4m() {
    let clip = wavy(&clips::gray(&still(64, 48)), 25);
    let folder = tempfile::tempdir().unwrap();
    let whole = clips::file(&folder.path().join("whole.y4m"), &clip);
    let cut = clips::file(&folder.path().join("cut.y4m"), &cut(&clip));
    assert_cuts(&whole, &cut, range(), centers(2, Choice::Agree));
}

#[cfg(feature = "video")]
#[test]
fn a_lossless_video_is_its_images() {
    let clip = wavy(&still(64, 48), 25);
    let folder = tempfile::tempdir().unwrap();
    let images = clips::images(&folder.path().join("images"), &cut(&clip));
    let video = clips::file(&folder.path().join("clip.mkv"), &clip);
    assert_cuts(&video, &images, range(), centers(3, Choice::Blend));
}
