//! Landmarks: which, and the embedding by them.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;

use super::Isomap;
use super::isomap_model::Frame;
use super::scaling::{Moments, Triangle, moments, scaled};
use crate::embed::{EmbedError, Embedding};
use crate::graph::WeightedGraph;
use crate::graph::geodesics::{Seeds, geodesics, geodesics_from};
use crate::progress::{Progress, Stage};

/// How landmarks are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Landmarks {
    /// At random, from the seed.
    #[default]
    Random,
    /// The first at random, then always the node farthest from those chosen: even coverage, one Dijkstra each.
    MaxMin,
}

/// Nodes of a chunk.
const CHUNK: usize = 1024;

pub(super) fn embed(
    settings: &Isomap,
    graph: &WeightedGraph,
    count: usize,
    progress: &dyn Progress,
) -> Result<(Embedding, Frame, f64), EmbedError> {
    let n = graph.nodes();
    let mut random = ChaCha8Rng::seed_from_u64(settings.seed);
    let (landmarks, rows) = match settings.choice {
        Landmarks::Random => {
            let mut landmarks: Vec<u32> = (0..n as u32).collect();
            // The first steps of a Fisher-Yates shuffle.
            (0..count).for_each(|i| landmarks.swap(i, random.random_range(i..n)));
            landmarks.truncate(count);
            landmarks.sort_unstable();
            let seeds: Vec<Seeds> = landmarks.iter().map(|&node| vec![(node, 0.0)]).collect();
            let rows = geodesics_from(graph, &seeds, progress)?;
            (landmarks, rows)
        }
        Landmarks::MaxMin => farthest(graph, count, random.random_range(0..n as u32), progress)?,
    };
    let row = |j: usize| &rows[j * n..(j + 1) * n];
    let upper: Vec<f32> =
        (0..count).flat_map(|j| landmarks[j + 1..].iter().map(move |&to| row(j)[to as usize])).collect();
    let triangle = Triangle::new(count, &upper);
    let Isomap { dimensions, spectrum, tolerance, seed, .. } = *settings;
    let scaled = scaled(&triangle, dimensions, spectrum, tolerance, seed, progress)?;
    let frame = Frame::new(scaled, Some(landmarks.clone()))?;
    let place = |node: usize| frame.place(|j| row(j)[node]);
    let coordinates: Vec<f64> = (0..n).into_par_iter().flat_map_iter(place).collect();
    let embedding = Embedding::computed(dimensions, coordinates)?;
    let sums = |chunk: usize| {
        let nodes = chunk * CHUNK..n.min((chunk + 1) * CHUNK);
        let mut sums = Moments::default();
        for (j, &landmark) in landmarks.iter().enumerate() {
            let from = embedding.point(landmark as usize);
            let others: Vec<usize> = nodes.clone().filter(|&node| node != landmark as usize).collect();
            let square =
                |&node: &usize| embedding.point(node).iter().zip(from).map(|(a, b)| (a - b).powi(2)).sum();
            let given: Vec<f32> = others.iter().map(|&node| row(j)[node]).collect();
            sums.add(&moments(&given, &others.iter().map(square).collect::<Vec<f64>>()));
        }
        sums
    };
    let parts: Vec<Moments> = (0..n.div_ceil(CHUNK)).into_par_iter().map(sums).collect();
    let mut sums = Moments::default();
    parts.iter().for_each(|part| sums.add(part));
    Ok((embedding, frame, sums.unexplained((count * (n - 1)) as f64)))
}

/// Landmarks that cover the graph, and the geodesics from each.
fn farthest(
    graph: &WeightedGraph,
    count: usize,
    first: u32,
    progress: &dyn Progress,
) -> Result<(Vec<u32>, Vec<f32>), EmbedError> {
    let mut landmarks = vec![first];
    let mut rows = Vec::with_capacity(count * graph.nodes());
    let mut nearest = vec![f32::INFINITY; graph.nodes()];
    loop {
        let row = geodesics(graph, landmarks[landmarks.len() - 1]);
        nearest.iter_mut().zip(&row).for_each(|(nearest, &length)| *nearest = nearest.min(length));
        rows.extend(row);
        if progress.advance(Stage::GEODESICS, landmarks.len(), Some(count)).is_break() {
            return Err(EmbedError::Canceled);
        }
        if landmarks.len() == count {
            return Ok((landmarks, rows));
        }
        // Points that coincide are all at 0: a landmark is never taken twice.
        landmarks.iter().for_each(|&node| nearest[node as usize] = -1.0);
        let far = nearest.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
        landmarks.push(far.map_or(0, |(node, _)| node as u32));
    }
}
