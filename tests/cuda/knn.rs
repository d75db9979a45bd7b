//! Nearest neighbors on the GPU: the lists must be the reference's, bit for bit.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use manifold::knn::{Knn, KnnError, NeighborLists, Search, reference};
use manifold::points::Points;
use rand::RngExt as _;
use seethru::device::{Device, GpuError};
use seethru::progress::{Progress, Silent, Stage};

use super::{SIZES, device, random};

fn made(n: usize, d: usize, mut value: impl FnMut() -> f32) -> Points {
    Points::new((0..n * d).map(|_| value()).collect(), d).unwrap()
}

fn search(device: &Device, k: usize) -> Knn {
    Knn::new(NonZeroUsize::new(k).unwrap()).search(Search::Exact).device(device.clone())
}

fn fit(device: &Device, points: &Points, k: usize) -> NeighborLists {
    search(device, k).fit(points, &Silent).unwrap()
}

fn check(device: &Device, points: &Points, k: usize) {
    let wanted = reference(points, NonZeroUsize::new(k).unwrap());
    let found = fit(device, points, k);
    // The lists are long: say where they differ.
    for row in 0..points.n() {
        let lists = |of: &NeighborLists| (of.indices(row).to_vec(), of.distances(row).to_vec());
        assert_eq!(
            lists(&found),
            lists(&wanted),
            "n {}, d {}, k {k}, row {row}",
            points.n(),
            points.dimensions()
        );
    }
}

/// Lists that the CPU had to make again, according to the device's notes.
fn mended(device: &Device) -> bool {
    device.notes().iter().any(|note| note.why.contains("too close to call"))
}

#[test]
fn odd_sizes_give_the_reference() {
    let Some(device) = device() else { return };
    let mut rng = random();
    for n in SIZES.into_iter().filter(|&n| n > 1) {
        for d in [1, 3, 15, 16, 17, 64, 130] {
            let points = made(n, d, || rng.random_range(-1.0..1.0));
            for k in [1, 2, 15, n - 1].into_iter().filter(|&k| k < n) {
                check(&device, &points, k);
            }
        }
    }
    assert!(device.notes().iter().any(|note| note.stage == Stage::NEIGHBOR_SEARCH && note.device != "cpu"));
}

#[test]
fn many_tiles_give_the_reference() {
    let Some(device) = device() else { return };
    let mut rng = random();
    for (n, d, k) in [(1531, 3, 15), (1409, 17, 2), (1500, 130, 15)] {
        // Far from the origin, as pixels are.
        let points = made(n, d, || rng.random_range(100.0..200.0));
        check(&device, &points, k);
    }
}

#[test]
fn most_lists_are_proven_on_the_gpu() {
    let Some(device) = device() else { return };
    let mut rng = random();
    let device = device.afresh();
    check(&device, &made(700, 64, || rng.random_range(0.0..255.0)), 15);
    assert!(!mended(&device), "{:?}", device.notes());
}

#[test]
fn ties_are_in_the_order_of_the_points() {
    let Some(device) = device() else { return };
    let mut rng = random();
    check(&device, &made(600, 3, || rng.random_range(0..4) as f32), 15);
    check(&device, &made(400, 17, || rng.random_range(0..2) as f32), 7);
    assert!(mended(&device));
    check(&device, &made(300, 16, || 2.5), 15);
}

#[test]
fn what_32_bits_confuse_is_mended() {
    let Some(device) = device() else { return };
    let mut rng = random();
    // Two clumps far apart, with detail that is lost in their distance from the mean.
    let clumps = (0..400).flat_map(|i| {
        let at = if i % 2 == 0 { 0.0 } else { 1e6f32 };
        [at, at + rng.random_range(-1.0..1.0f32), at + rng.random_range(-1.0..1.0f32)]
    });
    let points = Points::new(clumps.collect(), 3).unwrap();
    check(&device, &points, 5);
    assert!(mended(&device));
    check(&device, &made(300, 20, || 1e6 + rng.random_range(-1.0..1.0)), 15);
}

#[test]
fn the_largest_and_smallest_numbers_neither_overflow_nor_vanish() {
    let Some(device) = device() else { return };
    let mut rng = random();
    check(&device, &made(200, 130, || rng.random_range(-1e16..1e16)), 15);
    check(&device, &made(200, 5, || rng.random_range(-1.0f32..1.0) * 1e-30), 15);
    check(&device, &made(200, 5, || rng.random_range(-1.0f32..1.0) * 1e-34), 3);
}

#[test]
fn queries_find_what_the_cpu_finds() {
    let Some(device) = device() else { return };
    let mut rng = random();
    let points = made(500, 17, || rng.random_range(-1.0..1.0));
    // Some queries are points.
    let mut values = made(100, 17, || rng.random_range(-1.0..1.0)).values().to_vec();
    values.extend_from_slice(&points.values()[..33 * 17]);
    let queries = Points::new(values, 17).unwrap();
    for k in [1, 15, 500] {
        let found = search(&device, k).query(&points, &queries, &Silent).unwrap();
        let wanted = search(&Device::cpu(), k).query(&points, &queries, &Silent).unwrap();
        assert_eq!(found, wanted);
    }
}

#[test]
fn little_memory_gives_the_same_in_blocks() {
    let Some(whole) = device() else { return };
    let mut rng = random();
    let points = made(900, 30, || rng.random_range(-1.0..1.0));
    let queries = made(200, 30, || rng.random_range(-1.0..1.0));
    let wanted = fit(&whole, &points, 10);
    let of_queries = search(&whole, 10).query(&points, &queries, &Silent).unwrap();
    // All points in pieces; a few blocks of points; one tile of them.
    for bytes in [400_000, 200_000, 100_000] {
        let device = Device::cuda(0, Some(bytes)).unwrap();
        assert_eq!(fit(&device, &points, 10), wanted, "{bytes} bytes");
        assert_eq!(
            search(&device, 10).query(&points, &queries, &Silent).unwrap(),
            of_queries,
            "{bytes} bytes"
        );
    }
    let device = Device::cuda(0, Some(1000)).unwrap();
    let error = search(&device, 10).fit(&points, &Silent).unwrap_err();
    assert!(matches!(error, KnnError::Gpu(GpuError::Memory { limit: 1000, .. })), "{error}");
}

#[test]
fn auto_is_exact_on_the_gpu() {
    let Some(device) = device() else { return };
    let mut rng = random();
    for d in [2, 20] {
        let points = made(300, d, || rng.random_range(-1.0..1.0));
        let found = search(&device, 4).search(Search::Auto).fit(&points, &Silent).unwrap();
        assert_eq!(found, reference(&points, NonZeroUsize::new(4).unwrap()));
    }
}

#[test]
fn what_the_gpu_can_not_do_is_said() {
    let Some(device) = device() else { return };
    let points = made(1100, 2, || 1.0);
    let unsupported = |knn: Knn| {
        let error = knn.fit(&points, &Silent).unwrap_err();
        assert!(matches!(error, KnnError::Gpu(GpuError::Unsupported { .. })), "{error}");
    };
    unsupported(search(&device, 3).search(Search::Tree));
    unsupported(search(&device, 3).search(Search::Approximate));
    unsupported(search(&device, 993));
    let auto = Device::auto(None);
    search(&auto, 3).search(Search::Approximate).fit(&points, &Silent).unwrap();
    assert!(auto.notes().iter().any(|note| note.device == "cpu" && note.why.contains("approximately")));
    // A tree is faster than all pairs on any GPU.
    search(&auto, 3).search(Search::Auto).fit(&points, &Silent).unwrap();
    assert!(auto.notes().iter().all(|note| note.device == "cpu"));
}

#[test]
fn the_longest_lists_fit() {
    let Some(device) = device() else { return };
    let mut rng = random();
    check(&device, &made(1030, 3, || rng.random_range(-1.0..1.0)), 992);
}

#[test]
fn the_work_can_be_stopped() {
    let Some(_) = device() else { return };
    let device = Device::cuda(0, Some(20_000)).unwrap();
    let points = made(600, 30, || 1.0);
    let stop = StopAtOnce::default();
    assert_eq!(search(&device, 5).fit(&points, &stop), Err(KnnError::Canceled));
    assert_eq!(stop.0.load(Ordering::Relaxed), 1);
}

/// Stops at the first report, and counts reports.
#[derive(Default)]
struct StopAtOnce(AtomicUsize);

impl Progress for StopAtOnce {
    fn advance(&self, _: Stage, _: usize, _: Option<usize>) -> ControlFlow<()> {
        self.0.fetch_add(1, Ordering::Relaxed);
        ControlFlow::Break(())
    }
}
