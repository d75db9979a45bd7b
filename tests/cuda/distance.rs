//! Nearest patches against the plain reference, at every window: equal, not close.

use manifold::distance::{NearestLists, SquaredDistances};
use rand::RngExt;
use seethru::device::GpuError;
use seethru::places::distance::{MOST_NEAREST, SharedDistances, Volume, Voxels, Windows, nearest, reference};

use super::{SIZES, device, device_with, random};

const UNIT: f64 = 256.0;

/// Pictures and the windows over them.
struct Case {
    points: usize,
    size: (usize, usize),
    eight: Vec<u8>,
    sixteen: Vec<u16>,
    windows: Windows,
}

impl Case {
    /// Windows of `side` every `step` pixels, the last ones flush. Values are of a few or of all
    /// levels: with a few there are ties.
    fn new(points: usize, size: (usize, usize), side: usize, step: usize, levels: u32) -> Case {
        let mut random = random();
        let mut value = || (random.random_range(0..levels) * (65535 / (levels - 1).max(1))) as u16;
        let sixteen: Vec<u16> = (0..points * size.0 * size.1).map(|_| value()).collect();
        let eight = sixteen.iter().map(|&value| (value >> 8) as u8).collect();
        let edges =
            |length: usize| (0..length - side).step_by(step).chain([length - side]).collect::<Vec<_>>();
        let windows = Windows::new(side, edges(size.0), edges(size.1)).unwrap();
        Case { points, size, eight, sixteen, windows }
    }

    fn volume(&self, sixteen: bool) -> Volume<'_> {
        let voxels = if sixteen { Voxels::U16(&self.sixteen) } else { Voxels::U8(&self.eight) };
        Volume::new(self.points, self.size.0, self.size.1, voxels).unwrap()
    }

    /// Compares all lists with the reference.
    fn check(&self, sixteen: bool, level: bool, k: usize) {
        let Some(device) = device() else { return };
        let volume = self.volume(sixteen);
        let shared = SharedDistances::new(volume, self.windows.clone(), level).unwrap();
        let mut seen = 0;
        nearest::<GpuError>(device.gpu().unwrap(), &shared, (k, UNIT), |lists| {
            assert_eq!(lists.rows().start, seen);
            seen = lists.rows().end;
            self.compare(&lists, &volume, level, k);
            Ok(())
        })
        .unwrap();
        assert_eq!(seen, self.windows.ys().len());
    }

    fn compare(&self, lists: &NearestLists, volume: &Volume<'_>, level: bool, k: usize) {
        let mut plain = SquaredDistances::default();
        for row in lists.rows() {
            for (column, &x) in self.windows.xs().iter().enumerate() {
                let at = (x, self.windows.ys()[row]);
                reference::squared_distances(volume, at, self.windows.side(), level, &mut plain).unwrap();
                let window = lists.window(column, row);
                assert_eq!((window.points(), window.k()), (self.points, k));
                for i in 0..self.points {
                    let mut others: Vec<(u64, u32)> = (0..self.points as u32)
                        .filter(|&j| j as usize != i)
                        .map(|j| (plain.row(i)[j as usize], j))
                        .collect();
                    others.sort_unstable();
                    let wanted: Vec<(u32, u32)> = others[..k]
                        .iter()
                        .map(|&(_, j)| {
                            let length = (plain.distance(i, j as usize) * UNIT).round() as u32;
                            (j, length.max(1))
                        })
                        .collect();
                    assert_eq!(window.of(i).collect::<Vec<_>>(), wanted, "window {at:?}, point {i}");
                }
            }
        }
    }
}

#[test]
fn every_size_of_clip_and_depth() {
    for points in SIZES.into_iter().filter(|&points| points > 1) {
        for (sixteen, level) in [(false, false), (false, true), (true, false), (true, true)] {
            let k = (points - 1).min(8);
            Case::new(points, (11, 9), 8, 3, 65536).check(sixteen, level, k);
        }
    }
}

#[test]
fn odd_windows_and_steps() {
    for (size, side, step) in
        [((5, 4), 1, 1), ((37, 23), 17, 5), ((40, 21), 20, 7), ((19, 19), 3, 2), ((70, 66), 65, 4)]
    {
        Case::new(33, size, side, step, 65536).check(false, true, 5);
        Case::new(9, size, side, step, 65536).check(true, false, 3);
    }
}

/// Frames of two gray levels in small windows: many are equally near, and the lower number goes first.
#[test]
fn ties_break_by_number() {
    for (sixteen, level) in [(false, false), (true, true)] {
        Case::new(150, (6, 4), 2, 2, 2).check(sixteen, level, MOST_NEAREST);
    }
}

/// Sums at their limits: black and white at the largest window.
#[test]
fn the_largest_window_of_extremes() {
    for sixteen in [false, true] {
        Case::new(3, (255, 255), 255, 1, 2).check(sixteen, sixteen, 2);
    }
}

#[test]
fn a_large_clip() {
    Case::new(401, (25, 17), 16, 8, 65536).check(false, false, 8);
}

#[test]
fn little_memory_means_more_batches_and_the_same_lists() {
    let case = Case::new(40, (32, 60), 8, 4, 65536);
    let shared = SharedDistances::new(case.volume(false), case.windows.clone(), false).unwrap();
    let lists = |memory: Option<u64>| {
        let device = device_with(memory)?;
        let (mut rows, mut all) = (Vec::new(), Vec::new());
        nearest::<GpuError>(device.gpu().unwrap(), &shared, (6, UNIT), |lists| {
            for row in lists.rows() {
                let window = |column| lists.window(column, row).of(7).collect::<Vec<_>>();
                all.extend((0..case.windows.xs().len()).map(window));
            }
            rows.push(lists.rows());
            Ok(())
        })
        .unwrap();
        Some((rows.len(), all))
    };
    let (Some(one), Some(several)) = (lists(None), lists(Some(100_000))) else { return };
    assert!(several.0 > one.0, "{} and {} batches", one.0, several.0);
    assert_eq!(one.1, several.1);
}

#[test]
fn too_little_memory_and_too_many_neighbors_are_errors() {
    let Some(small) = device_with(Some(1000)) else { return };
    let case = Case::new(50, (16, 16), 8, 8, 65536);
    let shared = SharedDistances::new(case.volume(false), case.windows.clone(), false).unwrap();
    let run = |k: usize| nearest::<GpuError>(small.gpu().unwrap(), &shared, (k, UNIT), |_| Ok(()));
    assert!(matches!(run(3), Err(GpuError::Memory { limit: 1000, .. })));
    assert!(matches!(run(MOST_NEAREST + 1), Err(GpuError::Unsupported { .. })));
    assert!(matches!(run(0), Err(GpuError::Unsupported { .. })));
}
