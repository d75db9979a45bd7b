use super::*;
use crate::registration::field::Lattice;

const SIZE: (usize, usize) = (160, 120);

/// Support of twenty frames that are displaced like this at (x, y), frame by frame.
fn support(at: impl Fn(usize, f64, f64) -> Shift) -> Cells {
    let field = |frame: usize| {
        Field::through(Lattice::over(SIZE.0, SIZE.1), |x, y| {
            let (dx, dy) = at(frame, x.into(), y.into());
            (dx as f32, dy as f32)
        })
    };
    let fields: Vec<Field> = (0..20).map(field).collect();
    Cells::of(fields.iter().map(|field| (field, Pose::identity())), SIZE)
}

/// Waves of this length from three sides, running.
fn waves(length: f64) -> impl Fn(usize, f64, f64) -> Shift {
    move |frame, x, y| {
        let wave = |from: f64| {
            let (sin, cos) = from.sin_cos();
            let along = (cos * x + sin * y) * std::f64::consts::TAU / length;
            let height = 3.0 * (along + 0.9 * frame as f64 + from).sin();
            (height * cos, height * sin)
        };
        [0.3, 2.1, 4.6].iter().map(|&from| wave(from)).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1))
    }
}

/// A hand's shift and turn.
fn hand(frame: usize, turn: f64) -> impl Fn(f64, f64) -> Shift {
    let t = frame as f64;
    let (dx, dy, turn) = (6.0 * (0.7 * t).sin(), 5.0 * (0.4 * t).cos(), turn * (0.5 * t).sin());
    move |x, y| (dx - turn * (y - 60.0), dy + turn * (x - 80.0))
}

#[test]
fn waves_support_no_motion() {
    for length in [20.0, 40.0, 60.0, 90.0] {
        let found = support(waves(length)).support();
        assert_eq!(found.motion(), Motion::None, "{length}: {found:?}");
        assert!(found.share() < 0.3, "{length}: {found:?}");
    }
}

#[test]
fn a_camera_is_seen_through_the_waves() {
    let still = support(|frame, x, y| hand(frame, 0.0)(x, y)).support();
    assert!(still.share() > 0.99 && still.motion() == Motion::Translation, "{still:?}");
    let both = |turn: f64| {
        move |frame: usize, x: f64, y: f64| {
            let (a, b) = (hand(frame, turn)(x, y), waves(50.0)(frame, x, y));
            (a.0 + b.0, a.1 + b.1)
        }
    };
    let found = support(both(0.0));
    assert_eq!(found.support().motion(), Motion::Translation, "{:?}", found.support());
    let (rms, largest) = found.extent(Motion::Translation);
    assert!((rms - 5.5).abs() < 1.0 && largest > rms && largest < 10.0, "{rms} {largest}");
    let turned = support(both(0.1)).support();
    assert_eq!(turned.motion(), Motion::Homography, "{turned:?}");
}

#[test]
fn a_motion_that_was_removed_counts() {
    let shift = |at: usize| Pose::translation(at as f64 - 10.0, 0.0);
    let zero = Field::zero(Lattice::over(SIZE.0, SIZE.1));
    let cells = Cells::of((0..20).map(|at| (&zero, shift(at))), SIZE);
    assert_eq!(cells.support().motion(), Motion::Translation);
    assert!(
        (cells.extent(Motion::Translation).0 - 5.77).abs() < 0.1,
        "{:?}",
        cells.extent(Motion::Translation)
    );
    // What leaves the picture is not seen, and nothing is said of nothing.
    assert_eq!(Cells::of(std::iter::empty(), SIZE).support().motion(), Motion::None);
    let away = Cells::of((0..20).map(|_| (&zero, Pose::translation(150.0, 0.0))), SIZE);
    assert_eq!(away.support().share(), 0.0);
}
