use proptest::prelude::*;

use super::*;
use crate::places::distance::{MAX_SIDE, reference};

/// A volume with its windows, as the shared path and the reference both take them.
#[derive(Debug)]
struct Case {
    points: usize,
    size: (usize, usize),
    eight: Vec<u8>,
    sixteen: Vec<u16>,
    windows: Windows,
}

impl Case {
    /// Windows of `side` every `step` pixels, the last ones flush with the far edges.
    fn new(points: usize, size: (usize, usize), side: usize, step: usize, seed: u64, extreme: bool) -> Case {
        let mut state = seed;
        let sixteen: Vec<u16> = (0..points * size.0 * size.1)
            .map(|_| {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                let value = (state >> 48) as u16;
                if extreme { if value & 1 == 0 { 0 } else { u16::MAX } } else { value }
            })
            .collect();
        let eight = sixteen.iter().map(|&value| (value >> 8) as u8).collect();
        let edges = |length: usize| {
            let last = length - side;
            (0..last).step_by(step).chain([last]).collect::<Vec<_>>()
        };
        let windows = Windows::new(side, edges(size.0), edges(size.1)).unwrap();
        Case { points, size, eight, sixteen, windows }
    }

    fn volume(&self, sixteen: bool) -> Volume<'_> {
        let voxels = if sixteen { Voxels::U16(&self.sixteen) } else { Voxels::U8(&self.eight) };
        Volume::new(self.points, self.size.0, self.size.1, voxels).unwrap()
    }

    /// Every window agrees bit for bit, and is visited once, in order.
    fn check(&self, sixteen: bool, level: bool, columns: Range<usize>, rows: Range<usize>) {
        let volume = self.volume(sixteen);
        let shared = SharedDistances::new(volume, self.windows.clone(), level).unwrap();
        let mut expected = SquaredDistances::default();
        let mut order = rows.clone().flat_map(|row| columns.clone().map(move |column| (column, row)));
        let visit = |column: usize, row: usize, got: &SquaredDistances| -> Result<(), WindowError> {
            assert_eq!(order.next(), Some((column, row)));
            let at = (self.windows.xs()[column], self.windows.ys()[row]);
            reference::squared_distances(&volume, at, self.windows.side(), level, &mut expected)?;
            assert!(*got == expected, "window {column}, {row}");
            Ok(())
        };
        shared.strip(columns.clone(), rows.clone(), visit).unwrap();
        assert_eq!(order.next(), None);
    }
}

fn case() -> impl Strategy<Value = Case> {
    let sizes = (1_usize..40, 1_usize..20).prop_flat_map(|(points, side)| {
        (Just(points), Just(side), 1..=side, side..side + 30, side..side + 30, any::<u64>(), any::<bool>())
    });
    sizes.prop_map(|(points, side, step, width, height, seed, extreme)| {
        Case::new(points, (width, height), side, step, seed, extreme)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn agrees_with_the_reference(case in case(), sixteen: bool, level: bool) {
        let (columns, rows) = (case.windows.xs().len(), case.windows.ys().len());
        // All windows of small steps take the reference too long.
        case.check(sixteen, level, columns.saturating_sub(5)..columns, rows.saturating_sub(4)..rows);
        case.check(sixteen, level, 0..columns.min(3), 0..rows.min(3));
    }
}

#[test]
fn whole_grids_agree_with_the_reference() {
    for (points, size, side, step) in
        [(17, (61, 43), 16, 8), (5, (50, 37), 12, 8), (33, (40, 40), 8, 8), (3, (12, 9), 4, 1)]
    {
        let case = Case::new(points, size, side, step, 7, false);
        for (sixteen, level) in [(false, false), (false, true), (true, false), (true, true)] {
            case.check(sixteen, level, 0..case.windows.xs().len(), 0..case.windows.ys().len());
        }
    }
}

#[test]
fn the_largest_window_of_extreme_samples_is_exact() {
    for seed in [1, 2] {
        let mut case = Case::new(2, (257, 256), MAX_SIDE, MAX_SIDE, seed, true);
        let half = case.sixteen.len() / 2;
        if seed == 2 {
            // One picture black, one white: the largest distance there is.
            case.sixteen.fill(0);
            case.sixteen[half..].fill(u16::MAX);
            case.eight.fill(0);
            case.eight[half..].fill(u8::MAX);
        }
        for (sixteen, level) in [(false, false), (false, true), (true, false), (true, true)] {
            case.check(sixteen, level, 0..2, 0..2);
        }
    }
}

#[test]
fn any_number_of_points_around_a_block() {
    for points in [1, 2, 15, 16, 17, 31, 32, 47, 48] {
        let case = Case::new(points, (9, 9), 5, 3, points as u64, false);
        for level in [false, true] {
            case.check(false, level, 0..3, 0..3);
            case.check(true, level, 0..3, 0..3);
        }
    }
}

/// Strips of different widths, on different numbers of threads, make the same distances.
#[test]
fn strips_and_threads_do_not_matter() {
    use rayon::prelude::*;
    let case = Case::new(21, (70, 50), 12, 5, 3, false);
    let (columns, rows) = (case.windows.xs().len(), case.windows.ys().len());
    let shared = SharedDistances::new(case.volume(false), case.windows.clone(), true).unwrap();
    let all = |width: usize, threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let starts: Vec<usize> = (0..columns).step_by(width).collect();
        let mut found: Vec<_> = pool.install(|| {
            let strips = starts.into_par_iter().flat_map_iter(|start| {
                let mut found = Vec::new();
                for band in [0..rows / 2, rows / 2..rows] {
                    let keep = |column: usize, row: usize, squared: &SquaredDistances| {
                        found.push(((row, column), squared.clone()));
                        Ok::<_, WindowError>(())
                    };
                    shared.strip(start..(start + width).min(columns), band, keep).unwrap();
                }
                found
            });
            strips.collect()
        });
        found.sort_by_key(|(place, _)| *place);
        found
    };
    let expected = all(columns, 1);
    assert_eq!(expected.len(), columns * rows);
    for (width, threads) in [(1, 1), (3, 2), (8, 4)] {
        assert!(all(width, threads) == expected);
    }
}

/// No strip takes more than promised, and the bound is not idle.
#[test]
fn memory_is_bounded_as_stated() {
    for (points, side, step) in [(40, 16, 8), (101, 12, 5), (33, 40, 13), (64, 8, 8)] {
        let case = Case::new(points, (131, 90), side, step, 3, false);
        let columns = case.windows.xs().len();
        for (width, level) in [(1, false), (3, true), (8, false)] {
            let bound = |sixteen| strip_bytes(points, sixteen, &case.windows, width);
            for start in 0..columns - width.min(columns) + 1 {
                let xs = &case.windows.xs()[start..(start + width).min(columns)];
                let axes = || (Axis::new(xs, side), Axis::new(case.windows.ys(), side));
                let level = level.then_some(side * side);
                let (x, y) = axes();
                let eight = Strip::new(&case.eight, &case.volume(false), x, y, level).bytes() as u64;
                let (x, y) = axes();
                let sixteen = Strip::new(&case.sixteen, &case.volume(true), x, y, level).bytes() as u64;
                assert!(eight <= bound(false) && sixteen <= bound(true));
                assert!(3 * eight > bound(false), "{eight} of {}", bound(false));
            }
        }
    }
}

#[test]
fn errors_stop_a_strip() {
    let case = Case::new(3, (20, 20), 8, 4, 3, false);
    let shared = SharedDistances::new(case.volume(false), case.windows.clone(), false).unwrap();
    #[derive(Debug, PartialEq)]
    enum Stop {
        Enough,
        Distance(WindowError),
    }
    impl From<WindowError> for Stop {
        fn from(error: WindowError) -> Stop {
            Stop::Distance(error)
        }
    }
    let mut visits = 0;
    let enough = |_: usize, _: usize, _: &SquaredDistances| {
        visits += 1;
        if visits == 3 { Err(Stop::Enough) } else { Ok(()) }
    };
    assert_eq!(shared.strip(0..4, 0..4, enough), Err(Stop::Enough));
    assert_eq!(visits, 3);
    let beyond = shared.strip(0..5, 0..4, |_, _, _| Ok::<_, Stop>(()));
    let error = WindowError::Strip { columns: (0, 5), rows: (0, 4), of_columns: 4, of_rows: 4 };
    assert_eq!(beyond, Err(Stop::Distance(error)));
    assert_eq!(shared.strip(2..2, 0..4, |_, _, _| Err(Stop::Enough)), Ok(()));
}

#[test]
fn windows_must_lie_inside() {
    let case = Case::new(2, (20, 10), 8, 4, 3, false);
    for (xs, ys, at) in [(vec![0, 13], vec![0], (13, 0)), (vec![0], vec![0, 1, 3], (0, 3))] {
        let windows = Windows::new(8, xs, ys).unwrap();
        let error = SharedDistances::new(case.volume(false), windows, false).err();
        let outside = WindowError::Outside { x: at.0, y: at.1, side: 8, width: 20, height: 10 };
        assert_eq!(error, Some(outside));
    }
}
