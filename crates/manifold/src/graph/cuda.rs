//! Sums of geodesics of many graphs at once on a GPU.
//!
//! Parity: equal to [`GeodesicMatrix::sum`](super::GeodesicMatrix::sum) bit for bit (`cuda/geodesic.cu`).

use std::ops::Range;

use cudarc::driver::{CudaSlice, PushKernelArg};

use super::Graph;
use super::geodesic::shift_of;
use crate::device::cuda::{Batches, Kernels, at, grid};
use crate::device::{Gpu, GpuError};

const KERNELS: Kernels =
    Kernels { base: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/ptx/geodesic.ptx")), ampere: None };

/// Side of a tile of a matrix.
const TILE: usize = 64;

/// Most graphs of a batch: the second dimension of a grid.
const MOST: usize = 65535;

/// An edge as the kernel takes it: graph, ends, length.
type Edge = [u32; 4];

/// For each graph and node a lower bound, exact if no graph's shift is above 0, of the sum of geodesics from
/// it to all nodes. The graphs are connected. With them, the least number of graphs that were
/// done at a time, if the memory ran out and batches were halved.
pub fn geodesic_sums(gpu: &Gpu, graphs: &[&Graph]) -> Result<(Vec<Vec<i64>>, Option<usize>), GpuError> {
    let side = graphs.iter().map(|graph| graph.nodes()).max().unwrap_or(0).next_multiple_of(TILE);
    let edges = graphs.iter().map(|graph| graph.edges()).max().unwrap_or(0);
    let batches = Batches {
        what: "geodesics of a place",
        items: graphs.len(),
        fixed: 0,
        each: (4 * side * side + 8 * side + 16 * edges + 4) as u64,
        most: MOST,
    };
    let mut sums = Vec::with_capacity(graphs.len());
    let halved = gpu.in_batches::<GpuError>(batches, |range| {
        sums.extend(batch(gpu, &graphs[range.clone()], side)?);
        Ok(())
    })?;
    Ok((sums, halved))
}

fn batch(gpu: &Gpu, graphs: &[&Graph], side: usize) -> Result<Vec<Vec<i64>>, GpuError> {
    let shifts: Vec<u32> = graphs.iter().map(|graph| shift_of(graph)).collect();
    let mut values = gpu.zeros::<u32>(graphs.len() * side * side)?;
    fill(gpu, graphs, &shifts, side, &mut values)?;
    for block in 0..side / TILE {
        relax(gpu, graphs.len(), side, block, &mut values)?;
    }
    let nodes: Vec<u32> = graphs.iter().map(|graph| graph.nodes() as u32).collect();
    let nodes = gpu.upload(&nodes)?;
    let mut sums = gpu.zeros::<u64>(graphs.len() * side)?;
    let function = gpu.function(&KERNELS, "geodesic_sums")?;
    let side_i = side as i32;
    let mut launch = gpu.stream().launch_builder(&function);
    launch.arg(&values).arg(&side_i).arg(&nodes).arg(&mut sums);
    // SAFETY: the arguments are those of the kernel, which stays within graphs x side rows.
    unsafe { launch.launch(grid((side / 8, graphs.len(), 1), 256, 0)) }.map_err(at("sums of geodesics"))?;
    let sums = gpu.download(&sums)?;
    let of = |(graph, (&shift, sums)): (&&Graph, (&u32, &[u64]))| {
        sums[..graph.nodes()].iter().map(|&sum| (sum as i64) << shift).collect()
    };
    Ok(graphs.iter().zip(shifts.iter().zip(sums.chunks_exact(side))).map(of).collect())
}

/// Lengths of the edges; everything else far away.
fn fill(
    gpu: &Gpu,
    graphs: &[&Graph],
    shifts: &[u32],
    side: usize,
    values: &mut CudaSlice<u32>,
) -> Result<(), GpuError> {
    let edges: Vec<Edge> = graphs.iter().zip(shifts).enumerate().flat_map(edges_of).collect();
    let (count, side_i) = (edges.len() as u32, side as i32);
    let function = gpu.function(&KERNELS, "geodesic_fill")?;
    let mut launch = gpu.stream().launch_builder(&function);
    launch.arg(&mut *values).arg(&side_i);
    // SAFETY: the kernel writes graphs x side x side values.
    unsafe { launch.launch(grid(((side * side).div_ceil(256), graphs.len(), 1), 256, 0)) }
        .map_err(at("filling graphs"))?;
    if edges.is_empty() {
        return Ok(());
    }
    let edges = gpu.upload(edges.as_flattened())?;
    let function = gpu.function(&KERNELS, "geodesic_edges")?;
    let mut launch = gpu.stream().launch_builder(&function);
    launch.arg(values).arg(&side_i).arg(&edges).arg(&count);
    // SAFETY: the ends of an edge are nodes of its graph, of which there are at most side.
    unsafe { launch.launch(grid(((count as usize).div_ceil(256), 1, 1), 256, 0)) }
        .map_err(at("filling graphs"))?;
    Ok(())
}

fn edges_of((at, (graph, &shift)): (usize, (&&Graph, &u32))) -> impl Iterator<Item = Edge> {
    let edge = move |edge: usize| {
        let (u, v) = graph.ends(edge);
        [at as u32, u as u32, v as u32, (graph.length(edge) >> shift) as u32]
    };
    let all: Range<usize> = 0..graph.edges();
    all.map(edge)
}

/// One round: paths through the nodes of `block`.
fn relax(
    gpu: &Gpu,
    graphs: usize,
    side: usize,
    block: usize,
    values: &mut CudaSlice<u32>,
) -> Result<(), GpuError> {
    let others = side / TILE - 1;
    let (side, block) = (side as i32, block as i32);
    let rounds = [("geodesic_own", 1), ("geodesic_cross", 2 * others), ("geodesic_rest", others * others)];
    for (name, tiles) in rounds.into_iter().filter(|&(_, tiles)| tiles > 0) {
        let function = gpu.function(&KERNELS, name)?;
        let mut launch = gpu.stream().launch_builder(&function);
        launch.arg(&mut *values).arg(&side).arg(&block);
        // SAFETY: as many tiles as the matrices have, all within them.
        unsafe { launch.launch(grid((tiles, graphs, 1), 256, 0)) }.map_err(at("geodesics"))?;
    }
    Ok(())
}
