//! All pairwise distances per window: shared between windows, window by window, and the plain
//! reference; and the temporal median.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use manifold::distance::SquaredDistances;
use seethru::baseline::median;
use seethru::places::distance::{SharedDistances, Volume, Voxels, WindowError, Windows, reference};
use seethru::places::{Stack, StackSamples};

const SIDE: usize = 16;
const STEP: usize = 8;
const COLUMNS: usize = 8;
const ROWS: usize = 16;
const WIDTH: usize = SIDE + STEP * (COLUMNS - 1);
const HEIGHT: usize = SIDE + STEP * (ROWS - 1);

fn noise(samples: usize) -> Vec<u16> {
    let mut state = 1_u64;
    let next = |_| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 48) as u16
    };
    (0..samples).map(next).collect()
}

fn edges(count: usize) -> Vec<usize> {
    (0..count).map(|place| place * STEP).collect()
}

/// Visits windows in strips of the given size and adds up an entry of each.
fn visit(volume: Volume<'_>, level: bool, columns: usize, rows: usize) -> u64 {
    let windows = Windows::new(SIDE, edges(COLUMNS), edges(ROWS)).unwrap();
    let shared = SharedDistances::new(volume, windows, level).unwrap();
    let mut sum = 0;
    for left in (0..COLUMNS).step_by(columns) {
        for top in (0..ROWS).step_by(rows) {
            let add = |_: usize, _: usize, squared: &SquaredDistances| {
                sum += squared.get(0, squared.n() - 1);
                Ok::<_, WindowError>(())
            };
            shared.strip(left..left + columns, top..top + rows, add).unwrap();
        }
    }
    sum
}

fn distances(criterion: &mut Criterion) {
    for points in [101, 800] {
        let wide = noise(points * WIDTH * HEIGHT);
        let narrow: Vec<u8> = wide.iter().map(|s| (s >> 8) as u8).collect();
        let eight = Volume::new(points, WIDTH, HEIGHT, Voxels::U8(&narrow)).unwrap();
        let sixteen = Volume::new(points, WIDTH, HEIGHT, Voxels::U16(&wide)).unwrap();
        let mut group = criterion.benchmark_group(format!("distances/{points}"));
        group.sample_size(10);
        group.throughput(Throughput::Elements((COLUMNS * ROWS) as u64));
        for (name, volume, level) in [
            ("u8", eight, false),
            ("u8 level", eight, true),
            ("u16", sixteen, false),
            ("u16 level", sixteen, true),
        ] {
            let shared = BenchmarkId::new("shared", name);
            group.bench_function(shared, |b| b.iter(|| visit(black_box(volume), level, COLUMNS, ROWS)));
        }
        // The same kernels without sharing anything between windows.
        group.bench_function("each window u8", |b| b.iter(|| visit(black_box(eight), false, 1, 1)));
        group.throughput(Throughput::Elements(1));
        group.bench_function("reference u8, one window", |b| {
            let mut out = SquaredDistances::new(points);
            b.iter(|| reference::squared_distances(black_box(&eight), (0, 0), SIDE, false, &mut out))
        });
        group.finish();
    }
}

fn medians(criterion: &mut Criterion) {
    const SIZE: usize = 128;
    let mut group = criterion.benchmark_group("median");
    group.sample_size(10);
    for frames in [101, 800] {
        let wide = noise(frames * SIZE * SIZE);
        let narrow = wide.iter().map(|s| (s >> 8) as u8).collect();
        group.throughput(Throughput::Elements((SIZE * SIZE) as u64));
        for (name, samples) in [("u8", StackSamples::U8(narrow)), ("u16", StackSamples::U16(wide))] {
            let stack = Stack::new(frames, SIZE, 0, SIZE, samples).unwrap();
            group.bench_function(BenchmarkId::new(name, frames), |b| b.iter(|| median(black_box(&stack))));
        }
    }
    group.finish();
}

criterion_group!(benches, distances, medians);
criterion_main!(benches);
