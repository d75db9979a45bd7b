//! Every error of a restoration, each from a clip or settings that cause it.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use manifold::flow::{EdgeCost, FlowError};
use manifold::graph::{Disconnected, GraphError, Neighbors};
use seethru::places::GridError;
use seethru::places::distance::WindowError;
use seethru::progress::{Progress, Silent, Stage};
use seethru::stage;
use seethru::video::{Channels, Frame, Input, Samples, VideoError};
use seethru::{
    Baseline, CenterSettings, Choice, Error, FrameRange, Method, PatchSettings, Settings, restore,
};

use crate::clips::{self, gray, images, still, two_groups, wavy};
use crate::restore::settings::{centers, changed, count, methods, on_patches, with};

#[track_caller]
fn error(input: &Input, settings: &Settings) -> Error {
    let error = restore(input, settings, &Silent).map(|restoration| restoration.frames_used).unwrap_err();
    let text = error.to_string();
    assert!(!text.contains('\n') && text.len() > 8, "{text}");
    error
}

#[track_caller]
fn error_of(clip: &[Frame], settings: &Settings) -> Error {
    let folder = tempfile::tempdir().unwrap();
    error(&clips::file(&folder.path().join("clip.y4m"), clip), settings)
}

fn clip() -> Vec<Frame> {
    wavy(&gray(&still(48, 40)), 12)
}

fn flat(value: u8) -> Frame {
    Frame { width: 48, height: 40, channels: Channels::Luma, samples: Samples::U8(vec![value; 48 * 40]) }
}

#[test]
fn one_or_two_frames_are_too_few() {
    for few in [1, 2] {
        for method in methods() {
            match error_of(&clip()[..few], &with(method)) {
                Error::TooFewFrames { path, frames } => {
                    assert_eq!(frames, few);
                    assert!(path.ends_with("clip.y4m"));
                }
                other => panic!("{other}"),
            }
        }
    }
    let frames = FrameRange { every: count(6), ..FrameRange::default() };
    let two = error_of(&clip(), &Settings { frames, ..Settings::default() });
    assert!(matches!(two, Error::TooFewFrames { frames: 2, .. }), "{two}");
}

#[test]
fn equal_frames_and_flat_frames_are_refused() {
    for method in methods() {
        let same = error_of(&vec![gray(&still(48, 40)); 9], &with(method.clone()));
        assert!(matches!(same, Error::Identical { frames: 9, .. }), "{same}");
        for value in [0, 255] {
            let black = error_of(&vec![flat(value); 9], &with(method.clone()));
            assert!(matches!(black, Error::Flat { frames: 9, .. }), "{black}");
        }
    }
    // A fade is not flat, and one frame that differs is enough.
    let folder = tempfile::tempdir().unwrap();
    let fade: Vec<Frame> = (90..99).map(flat).collect();
    assert!(restore(&images(folder.path(), &fade), &with(centers(3, Choice::Blend)), &Silent).is_ok());
}

#[test]
fn more_centers_or_neighbors_than_frames_are_refused() {
    let many = error_of(&clip(), &with(centers(13, Choice::Blend)));
    assert!(matches!(many, Error::Centers { centers: 13, frames: 12 }), "{many}");
    for neighbors in [Neighbors::Nearest(count(12)), Neighbors::Mutual(count(12))] {
        let many = error_of(&clip(), &changed(|c| c.neighbors = neighbors));
        let wanted = GraphError::Neighbors { neighbors: 12, points: 12 };
        assert!(matches!(&many, Error::Graph(found) if *found == wanted), "{many}");
    }
    for choice in [Choice::Blend, Choice::Agree, Choice::Medoids] {
        let all = changed(|c| {
            (c.centers, c.choice, c.neighbors) = (count(12), choice, Neighbors::Nearest(count(11)));
        });
        let folder = tempfile::tempdir().unwrap();
        assert!(restore(&images(folder.path(), &clip()), &all, &Silent).is_ok(), "as many as there are");
    }
}

#[test]
fn groups_are_an_error_where_asked_for() {
    let settings = changed(|c| {
        (c.neighbors, c.disconnected) = (Neighbors::Nearest(count(3)), Disconnected::Fail);
    });
    let error = error_of(&two_groups(&gray(&still(48, 40)), 6, 6), &settings);
    let wanted = GraphError::Components { components: 2 };
    assert!(matches!(&error, Error::Graph(found) if *found == wanted), "{error}");
}

#[test]
fn too_little_memory_names_what_is_needed() {
    for method in methods() {
        let settings = Settings { memory: 20 << 20, ..with(method) };
        let error = error_of(&clip(), &settings);
        let Error::Memory { needed, limit } = error else { panic!("{error}") };
        assert!(limit == 20 << 20 && needed > limit);
        assert!(error.to_string().contains("and 20 MiB are allowed"), "{error}");
        let folder = tempfile::tempdir().unwrap();
        let enough = Settings { memory: needed, ..settings };
        assert!(restore(&images(folder.path(), &clip()), &enough, &Silent).is_ok());
    }
}

#[test]
fn impossible_patches_are_refused() {
    let cases = [
        (0, 0, GridError::EmptyPatch),
        (16, 0, GridError::Step { step: 0, patch: 16 }),
        (16, 17, GridError::Step { step: 17, patch: 16 }),
        (41, 8, GridError::PatchLargerThanFrame { patch: 41, width: 48, height: 40 }),
    ];
    for (patch, step, wanted) in cases {
        for method in methods().into_iter().filter(|method| method.patches().is_some()) {
            let error = error_of(&clip(), &on_patches(method, patch, step));
            assert!(matches!(&error, Error::Grid(found) if *found == wanted), "{error}");
        }
    }
}

#[test]
fn distances_end_at_patches_of_255() {
    let clip: Vec<Frame> = wavy(&gray(&still(256, 256)), 5);
    let settings = |method| on_patches(method, 256, 128);
    let error = error_of(&clip, &settings(centers(1, Choice::Blend)));
    assert!(matches!(error, Error::Distance(WindowError::Side { side: 256 })), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let nearest = settings(Method::Baseline(Baseline::NearestMean(PatchSettings::default())));
    assert!(restore(&images(folder.path(), &clip), &nearest, &Silent).is_ok(), "needs no such distances");
}

#[test]
fn impossible_flows_are_refused() {
    let cost = |cost: EdgeCost| {
        changed(|c: &mut CenterSettings| (c.cost, c.neighbors) = (cost, Neighbors::Nearest(count(2))))
    };
    let capacity = std::num::NonZeroU32::new(1);
    let full = error_of(&clip(), &cost(EdgeCost::Capacitated { capacity }));
    assert!(matches!(full, Error::Flow(FlowError::Infeasible { .. })), "{full}");
    for slopes in [vec![], vec![2.0, 3.0], vec![1.0, 1.0], vec![1.0, f64::NAN], vec![1.0, 1e9]] {
        let error = error_of(&clip(), &cost(EdgeCost::Convex { capacity: None, slopes }));
        assert!(matches!(error, Error::Flow(FlowError::Slopes { .. })), "{error}");
    }
    for lambda in [0.0, -1.0, 17.0, f64::NAN, f64::INFINITY] {
        let error = error_of(&clip(), &cost(EdgeCost::Quadratic { lambda }));
        assert!(matches!(error, Error::Flow(FlowError::Lambda { .. })), "{error}");
    }
}

#[test]
fn a_range_behind_the_end_selects_nothing() {
    let frames = FrameRange { start: 12, ..FrameRange::default() };
    let error = error_of(&clip(), &Settings { frames, ..Settings::default() });
    let Error::Video(VideoError::NothingSelected { read: 12, .. }) = error else { panic!("{error}") };
}

/// Does something once, when a stage is first reported.
struct At<F> {
    stage: Stage,
    reached: AtomicBool,
    act: F,
}

impl<F: Fn() -> ControlFlow<()>> At<F> {
    fn new(stage: Stage, act: F) -> Self {
        At { stage, reached: AtomicBool::new(false), act }
    }
}

impl<F: Fn() -> ControlFlow<()> + Sync> Progress for At<F> {
    fn advance(&self, stage: Stage, _: usize, _: Option<usize>) -> ControlFlow<()> {
        if stage == self.stage && !self.reached.swap(true, Ordering::Relaxed) {
            return (self.act)();
        }
        ControlFlow::Continue(())
    }
}

#[test]
fn every_stage_can_be_stopped() {
    use stage::{AGREE, BASELINE, DECODE, PLACES, STITCH};
    let folder = tempfile::tempdir().unwrap();
    let input = images(folder.path(), &clip());
    let plain = Method::Baseline;
    let cases = [
        (centers(3, Choice::Blend), vec![DECODE, PLACES, STITCH]),
        (centers(3, Choice::Agree), vec![DECODE, PLACES, AGREE, STITCH]),
        (centers(3, Choice::Medoids), vec![DECODE, PLACES, AGREE, STITCH]),
        (plain(Baseline::Mean), vec![DECODE, BASELINE]),
        (plain(Baseline::Median), vec![DECODE]),
        (plain(Baseline::NearestMean(PatchSettings::default())), vec![DECODE, BASELINE, STITCH]),
        (plain(Baseline::NearestMedian(PatchSettings::default())), vec![DECODE, STITCH]),
    ];
    for (method, stages) in cases {
        for stage in stages {
            let stop = At::new(stage, || ControlFlow::Break(()));
            let stopped = restore(&input, &with(method.clone()), &stop).map(|_| ()).unwrap_err();
            assert!(matches!(stopped, Error::Canceled), "{method:?} at {stage:?}: {stopped}");
            assert!(stop.reached.into_inner(), "{method:?} never comes to {stage:?}");
        }
    }
}

/// A file that `change` changes once the first pass is done.
#[track_caller]
fn changed_underway(stage: Stage, method: Method, change: impl Fn(&Path) + Sync) -> Error {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.y4m");
    let input = clips::file(&path, &clip());
    let meddle = At::new(stage, || {
        change(&path);
        ControlFlow::Continue(())
    });
    restore(&input, &with(method), &meddle).map(|restoration| restoration.frames_used).unwrap_err()
}

#[test]
fn a_file_that_gets_shorter_is_unrepeatable() {
    let shorten = |path: &Path| {
        clips::file(path, &clip()[..2]);
    };
    for (stage, method) in [
        (stage::PLACES, centers(3, Choice::Blend)),
        (stage::AGREE, centers(3, Choice::Agree)),
        (stage::BASELINE, Method::Baseline(Baseline::NearestMean(PatchSettings::default()))),
    ] {
        match changed_underway(stage, method, shorten) {
            Error::Unrepeatable { first: 12, again: 0..=2, .. } => {}
            other => panic!("{other}"),
        }
    }
}

#[test]
fn a_file_that_changes_size_is_noticed() {
    for (width, height) in [(40, 40), (56, 48)] {
        let resize = |path: &Path| {
            clips::file(path, &wavy(&gray(&still(width, height)), 12));
        };
        let error = changed_underway(stage::PLACES, centers(3, Choice::Blend), resize);
        assert!(matches!(error, Error::Changed { .. }), "{error}");
    }
    let gone = |path: &Path| std::fs::remove_file(path).unwrap();
    let error = changed_underway(stage::PLACES, centers(3, Choice::Blend), gone);
    assert!(matches!(error, Error::Video(VideoError::Read { .. })), "{error}");
}

#[test]
fn images_of_two_sizes_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut clip = clip();
    clip[7] = gray(&still(40, 48));
    let error = error(&images(folder.path(), &clip), &with(centers(3, Choice::Blend)));
    let Error::Video(VideoError::MixedSizes { other, .. }) = &error else { panic!("{error}") };
    assert!(other.ends_with("007.png"));
}
