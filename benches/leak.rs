//! Prints how far each distance leaks: RMS error / side of the flat embedding of a triangle
//! (k = 8) with 0, 1 and 2 false edges, mean and largest over the seeds, and seconds per graph.
//!
//! `cargo bench --bench leak -- 300 500 800` (numbers of points; 300 without any; a number below
//! 50 is the number of seeds, 10 without).

// A bench has no API: `pub` is for its other modules.
#![allow(unreachable_pub)]

#[path = "../crates/manifold/tests/core/shapes/mod.rs"]
mod shapes;

use std::time::Instant;

use manifold::flow::pairwise::Reading;
use manifold::graph::Graph;
use shapes::{Sample, Shape, disjoint, geodesics, tight_geodesics};

type Distances = fn(&Graph) -> Vec<f64>;

const ROWS: [(&str, Distances); 4] = [
    ("shortest path (Isomap)", geodesics),
    ("four disjoint units, last", |graph| disjoint(graph, 4, Reading::Last)),
    ("four disjoint units, mean", |graph| disjoint(graph, 4, Reading::Mean)),
    ("shortest path without leaks", tight_geodesics),
];

fn main() {
    let numbers = || std::env::args().filter_map(|argument| argument.parse::<usize>().ok());
    let seeds = numbers().find(|&number| number < 50).unwrap_or(10) as u64;
    let mut sizes: Vec<usize> = numbers().filter(|&number| number >= 50).collect();
    if sizes.is_empty() {
        sizes.push(300);
    }
    for n in sizes {
        println!("\n{n} points, {seeds} seeds        clean            1 false edge     2 false edges    s");
        for (name, distances) in ROWS {
            print_row(name, distances, n, seeds);
        }
    }
}

fn print_row(name: &str, distances: Distances, n: usize, seeds: u64) {
    print!("{name:<30}");
    let start = Instant::now();
    let mut solving = 0.0;
    for (to_a, to_b) in [(0, 0), (1, 0), (1, 1)] {
        let (mut sum, mut largest) = (0.0, 0.0f64);
        for seed in 0..seeds {
            let sample = Sample::new(Shape::Triangle, n, seed, 0.0);
            let graph = sample.graph(8, &sample.false_edges(to_a, to_b));
            let before = start.elapsed();
            let found = distances(&graph);
            solving += (start.elapsed() - before).as_secs_f64();
            let error = sample.error(&found);
            sum += error;
            largest = largest.max(error);
        }
        print!("{:.4} (<= {largest:.4}) ", sum / seeds as f64);
    }
    println!("{:.3}", solving / (3 * seeds) as f64);
}
