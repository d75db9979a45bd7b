//! The exact center of one place, compared with LEMON's network simplex over all sources.
//!
//! `cargo bench --bench flow`. One place of a simulated clip, N = 800 frames, k = 10, convex costs
//! of 8 pieces; both on one thread, in one run, and their answers compared. LEMON gets a finished
//! network; seethru is timed over the whole search, geodesics and proof included.

// A bench has no API: `pub` is for its other modules.
#![allow(unreachable_pub)]

#[path = "../crates/manifold/tests/core/oracles/mod.rs"]
mod oracles;

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Instant;

use manifold::distance::SquaredDistances;
use manifold::flow::CenterSearch;
use manifold::flow::{EdgeCost, Marginal, Solver};
use manifold::graph::{Disconnected, Graph, Neighbors, neighborhood};
use oracles::lemon::{Problem, lemon};
use seethru::places::{Grid, StackBuilder};
use seethru::progress::Silent;
use seethru::synth::{SynthSettings, WaveSettings, load_still, render};
use seethru::video::{Channels, Depth, Samples};

const FRAMES: usize = 800;
const NEIGHBORS: usize = 10;
const SIDE: usize = 96;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let graph = place()?;
    println!("one place, {} frames, {} edges, microseconds", graph.nodes(), graph.edges());
    let doubling = EdgeCost::default_slopes();
    let rising: Vec<f64> = (1..=8).map(f64::from).collect();
    let capacity = NonZeroU32::new;
    for (name, cost) in [
        ("default: 1, 2, 4 .. 128 each N/k units", EdgeCost::default()),
        ("1, 2, 3 .. 8 each N/k units", EdgeCost::Convex { capacity: None, slopes: rising.clone() }),
        ("1, 2, 4 .. 128 each 10 units", EdgeCost::Convex { capacity: capacity(10), slopes: doubling }),
        ("1, 2, 3 .. 8 each 10 units", EdgeCost::Convex { capacity: capacity(10), slopes: rising }),
    ] {
        compare(name, &graph, &cost)?;
    }
    Ok(())
}

/// The neighborhood graph of a 16 x 16 place in the middle of a moderate clip of the sample.
fn place() -> Result<Graph, Box<dyn std::error::Error>> {
    let still = load_still("samples/still.png".as_ref(), Some((SIDE, SIDE)))?;
    let frames = NonZeroUsize::new(FRAMES).ok_or("no frames")?;
    let settings = SynthSettings { waves: WaveSettings::MODERATE, frames, fps: 50.0 };
    let mut builder = StackBuilder::new(SIDE, 0..SIDE, Depth::Eight);
    let mut failed = None;
    let mut keep = |frame: seethru::video::Frame| {
        // BT.601 luma.
        let Samples::U8(rgb) = frame.samples else { return Ok(()) };
        let luma = match frame.channels {
            Channels::Luma => rgb,
            Channels::Rgb => rgb
                .chunks_exact(3)
                .map(|p| {
                    ((299 * u32::from(p[0]) + 587 * u32::from(p[1]) + 114 * u32::from(p[2])) / 1000) as u8
                })
                .collect(),
        };
        failed = builder.push(&Samples::U8(luma)).err().or(failed);
        Ok(())
    };
    render(&still, &settings, &mut keep, &Silent)?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    let stack = builder.finish()?;
    let grid = Grid::new(SIDE, SIDE, 16, 16)?;
    let mut graph = None;
    grid.distances(&stack, 0..grid.rows(), false)?.strip(
        2..3,
        3..4,
        |_, _, distances: &SquaredDistances| {
            let k = Neighbors::Nearest(NonZeroUsize::MIN.saturating_add(NEIGHBORS - 1));
            graph = neighborhood(distances, k, Disconnected::Join).ok().map(|near| near.graph);
            Ok::<_, seethru::places::distance::WindowError>(())
        },
    )?;
    graph.ok_or_else(|| "the place has no graph".into())
}

fn compare(name: &str, graph: &Graph, cost: &EdgeCost) -> Result<(), Box<dyn std::error::Error>> {
    let marginal = Marginal::new(cost, graph.nodes(), NEIGHBORS)?;
    let mut search = CenterSearch::default();
    search.most_central(graph, &marginal, 1)?;
    let start = Instant::now();
    let one = search.most_central(graph, &marginal, 1)?;
    let search_time = start.elapsed().as_secs_f64() * 1e6;
    let start = Instant::now();
    let three = search.most_central(graph, &marginal, 3)?;
    let three_time = start.elapsed().as_secs_f64() * 1e6;
    let mut solver = Solver::default();
    let mut network = solver.load(graph, &marginal)?;
    let start = Instant::now();
    let mut cost = |source| network.solve(source).map(|solved| solved.cost());
    let all = (0..graph.nodes()).map(&mut cost).collect::<Result<Vec<_>, _>>()?;
    let all_time = start.elapsed().as_secs_f64() * 1e6;
    println!("\n{name}");
    println!("  one center     {search_time:10.0}  ({} solves)", one.solves);
    println!("  three centers  {three_time:10.0}  ({} solves)", three.solves);
    println!("  all sources    {all_time:10.0}  ({:.0} each)", all_time / all.len() as f64);
    let Some(lemon) = lemon() else { return Ok(()) };
    let problem = Problem::one_to_all(graph, 0, |length| oracles::pieces(&marginal, length));
    let theirs = lemon.all_sources(&problem);
    let each = theirs.microseconds / all.len() as f64;
    println!("  LEMON, all     {:10.0}  ({each:.0} each)", theirs.microseconds);
    println!("  one center is {:.1}x as fast", theirs.microseconds / search_time);
    let center = theirs.costs.iter().enumerate().min_by_key(|&(node, cost)| (cost.unwrap_or(i64::MAX), node));
    let same = theirs.costs.iter().zip(&all).all(|(theirs, &ours)| *theirs == Some(ours));
    let same_center = center.map(|(node, cost)| (node as u32, *cost)) == Some((one.nodes[0], Some(one.cost)));
    println!("  same costs: {same}, same center: {same_center}");
    if same && same_center { Ok(()) } else { Err("LEMON disagrees".into()) }
}
