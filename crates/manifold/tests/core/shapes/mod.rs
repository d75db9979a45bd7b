//! Flat samples with false edges, for the leak test and its bench.
#![allow(dead_code)]

use std::num::NonZeroUsize;

use manifold::embed::{ClassicalMds, Fit, SquareDistances, similarity};
use manifold::flow::EdgeCost;
use manifold::flow::leakage::{LeakSettings, leaks, without};
use manifold::flow::pairwise::{PairwiseSettings, Reading, Shortfall, pairwise_distances};
use manifold::graph::Graph;
use manifold::knn::Knn;
use manifold::points::Points;
use manifold::progress::Silent;

/// Units of edge length per unit of the plane.
pub const SCALE: f64 = 1e6;

#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Equilateral, side 1.
    Triangle,
    /// The unit square less [0.4, 1]².
    L,
}

/// Points of a shape, row by row, and the same with noise.
pub struct Sample {
    pub truth: Vec<f64>,
    pub seen: Vec<f64>,
    shape: Shape,
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers everywhere.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Nearly normal, variance 1: the sum of twelve uniforms.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

impl Sample {
    pub fn new(shape: Shape, n: usize, seed: u64, noise: f64) -> Sample {
        let mut random = Random(seed * 7919 + 13);
        let (mut truth, mut seen) = (Vec::new(), Vec::new());
        while truth.len() < 2 * n {
            let (x, y) = (random.unit(), random.unit());
            let point = match shape {
                Shape::Triangle if y <= 1.0 - (2.0 * x - 1.0).abs() => [x, y * 0.75f64.sqrt()],
                Shape::L if x <= 0.4 || y <= 0.4 => [x, y],
                _ => continue,
            };
            truth.extend(point);
            seen.extend(point.map(|value| value + noise * random.normal()));
        }
        Sample { truth, seen, shape }
    }

    /// The k-nearest-neighbor graph with `false_edges` more of the median edge length.
    pub fn graph(&self, k: usize, false_edges: &[(usize, usize)]) -> Graph {
        let clean = self.neighbor_graph(k);
        let mut lengths = clean.lengths().to_vec();
        lengths.sort_unstable();
        let median = lengths[lengths.len() / 2];
        let listed = (0..clean.edges()).map(|e| (clean.ends(e), clean.length(e)));
        let all = listed.chain(false_edges.iter().map(|&ends| (ends, median)));
        let all: Vec<_> = all.map(|((u, v), d)| (u as u32, v as u32, d)).collect();
        Graph::from_edges(clean.nodes(), &all).unwrap()
    }

    /// An edge where either point is among the k nearest of the other.
    fn neighbor_graph(&self, k: usize) -> Graph {
        let points = Points::from_f64(&self.seen, 2).unwrap();
        let lists = Knn::new(NonZeroUsize::new(k).unwrap()).fit(&points, &Silent).unwrap();
        let place = |i: u32| [self.seen[2 * i as usize], self.seen[2 * i as usize + 1]];
        let length = |u: u32, v: u32| {
            let ([x, y], [to_x, to_y]) = (place(u), place(v));
            let distance = ((x - to_x).powi(2) + (y - to_y).powi(2)).sqrt();
            ((distance * SCALE).round() as i64).max(1)
        };
        let pairs = (0..points.n()).flat_map(|u| lists.indices(u).iter().map(move |&v| (u as u32, v)));
        let mut edges: Vec<_> = pairs.map(|(u, v)| (u.min(v), u.max(v), length(u, v))).collect();
        edges.sort_unstable();
        edges.dedup();
        Graph::from_edges(points.n(), &edges).unwrap()
    }

    /// False edges from corner C to corner A (`to_a` of them side by side) and to B (`to_b`).
    pub fn false_edges(&self, to_a: usize, to_b: usize) -> Vec<(usize, usize)> {
        let [a, b, c] = match self.shape {
            Shape::Triangle => [[0.0, 0.0], [1.0, 0.0], [0.5, 0.75f64.sqrt()]],
            Shape::L => [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]],
        };
        let (a, b, c) = (self.nearest_to(a), self.nearest_to(b), self.nearest_to(c));
        let first = (0..to_a).map(|i| (a[i], c[i]));
        first.chain((0..to_b).map(|i| (b[i], c[i]))).collect()
    }

    fn nearest_to(&self, corner: [f64; 2]) -> Vec<usize> {
        let distance = |i: usize| (self.truth[2 * i] - corner[0]).hypot(self.truth[2 * i + 1] - corner[1]);
        let mut all: Vec<usize> = (0..self.truth.len() / 2).collect();
        all.sort_by(|&i, &j| distance(i).total_cmp(&distance(j)).then(i.cmp(&j)));
        all
    }

    /// RMS error of the flat embedding of these distances (strict upper triangle).
    pub fn error(&self, upper: &[f64]) -> f64 {
        let upper: Vec<f64> = upper.iter().map(|d| d / SCALE).collect();
        let distances = SquareDistances::from_upper(self.truth.len() / 2, &upper).unwrap();
        let embedding = ClassicalMds::new(2).fit(&distances, &Silent).unwrap();
        similarity(embedding.embedding().coordinates(), &self.truth, 2).unwrap().rms
    }
}

/// Shortest paths: pairwise flow of one unit.
pub fn geodesics(graph: &Graph) -> Vec<f64> {
    pairwise(graph, 1, EdgeCost::Linear, Reading::Last)
}

/// K units without a common edge.
pub fn disjoint(graph: &Graph, units: u32, reading: Reading) -> Vec<f64> {
    pairwise(graph, units, EdgeCost::Capacitated { capacity: None }, reading)
}

/// Shortest paths after the leaks are out, in the default setting.
pub fn tight_geodesics(graph: &Graph) -> Vec<f64> {
    let leaks = leaks(graph, &LeakSettings::default()).unwrap();
    geodesics(&without(graph, &leaks))
}

fn pairwise(graph: &Graph, units: u32, cost: EdgeCost, reading: Reading) -> Vec<f64> {
    let units = units.try_into().unwrap();
    let settings = PairwiseSettings { units, cost, reading, shortfall: Shortfall::Fitting };
    pairwise_distances(graph, &settings, &Silent).unwrap()
}
