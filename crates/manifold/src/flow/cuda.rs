//! [`resistances`](super::resistances) of many graphs at once on a GPU.
//!
//! Parity: within 1e-9 of the CPU's, relative (`cuda/resistance.cu`).

use cudarc::driver::{CudaSlice, PushKernelArg};

use crate::device::cuda::{Batches, Kernels, at, grid};
use crate::device::{Gpu, GpuError};
use crate::graph::Graph;

const KERNELS: Kernels =
    Kernels { base: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/ptx/resistance.ptx")), ampere: None };

/// Side of a tile of a matrix.
const TILE: usize = 32;

/// Most graphs of a batch: the second dimension of a grid.
const MOST: usize = 65535;

/// n² L⁺_ss of each node of each of these connected graphs, and the least number of graphs that were done
/// at a time, if the memory ran out and batches were halved.
pub fn resistances_on(gpu: &Gpu, graphs: &[&Graph]) -> Result<(Vec<Vec<f64>>, Option<usize>), GpuError> {
    let side = graphs.iter().map(|graph| graph.nodes()).max().unwrap_or(0).next_multiple_of(TILE);
    let arcs = graphs.iter().map(|graph| 2 * graph.edges()).max().unwrap_or(0);
    let batches = Batches {
        what: "resistances of a place",
        items: graphs.len(),
        fixed: 0,
        each: (8 * side * side + 12 * side + 8 * arcs + 8) as u64,
        most: MOST,
    };
    let mut all = Vec::with_capacity(graphs.len());
    let halved = gpu.in_batches::<GpuError>(batches, |range| {
        all.extend(batch(gpu, &graphs[range.clone()], side)?);
        Ok(())
    })?;
    Ok((all, halved))
}

fn batch(gpu: &Gpu, graphs: &[&Graph], side: usize) -> Result<Vec<Vec<f64>>, GpuError> {
    let nodes: Vec<u32> = graphs.iter().map(|graph| graph.nodes() as u32).collect();
    let nodes = gpu.upload(&nodes)?;
    let mut values = gpu.zeros::<f64>(graphs.len() * side * side)?;
    fill(gpu, graphs, &nodes, side, &mut values)?;
    for block in 0..side / TILE {
        eliminate(gpu, graphs.len(), side, block, &mut values)?;
    }
    let mut diagonal = gpu.zeros::<f64>(graphs.len() * side)?;
    let function = gpu.function(&KERNELS, "resistance_diagonal")?;
    let side_i = side as i32;
    let mut launch = gpu.stream().launch_builder(&function);
    launch.arg(&values).arg(&side_i).arg(&nodes).arg(&mut diagonal);
    // SAFETY: the kernel stays within graphs x side rows.
    unsafe { launch.launch(grid((side.div_ceil(256), graphs.len(), 1), 256, 0)) }
        .map_err(at("resistances"))?;
    let diagonal = gpu.download(&diagonal)?;
    let of = |(graph, diagonal): (&&Graph, &[f64])| {
        let n = graph.nodes();
        diagonal[..n].iter().map(|entry| (n * n) as f64 * entry).collect()
    };
    Ok(graphs.iter().zip(diagonal.chunks_exact(side)).map(of).collect())
}

/// L + J/n of each graph.
fn fill(
    gpu: &Gpu,
    graphs: &[&Graph],
    nodes: &CudaSlice<u32>,
    side: usize,
    values: &mut CudaSlice<f64>,
) -> Result<(), GpuError> {
    let (mut offsets, mut arcs) = (vec![0u32], Vec::new());
    for graph in graphs {
        for node in 0..side {
            if node < graph.nodes() {
                arcs.extend(graph.neighbors(node).map(|(to, edge)| [to as u32, graph.length(edge) as u32]));
            }
            offsets.push(arcs.len() as u32);
        }
    }
    // The driver refuses empty copies.
    arcs.push([0, 1]);
    let (offsets, arcs) = (gpu.upload(&offsets)?, gpu.upload(arcs.as_flattened())?);
    let side_i = side as i32;
    let function = gpu.function(&KERNELS, "resistance_fill")?;
    let mut launch = gpu.stream().launch_builder(&function);
    launch.arg(&mut *values).arg(&side_i).arg(nodes);
    // SAFETY: the kernel writes graphs x side x side values.
    unsafe { launch.launch(grid(((side * side).div_ceil(256), graphs.len(), 1), 256, 0)) }
        .map_err(at("filling graphs"))?;
    let function = gpu.function(&KERNELS, "resistance_laplacian")?;
    let mut launch = gpu.stream().launch_builder(&function);
    launch.arg(values).arg(&side_i).arg(&offsets).arg(&arcs);
    // SAFETY: arcs lead to nodes of their graph, of which there are at most side.
    unsafe { launch.launch(grid((side.div_ceil(256), graphs.len(), 1), 256, 0)) }
        .map_err(at("filling graphs"))?;
    Ok(())
}

/// One round of Gauss-Jordan: the nodes of `block`.
fn eliminate(
    gpu: &Gpu,
    graphs: usize,
    side: usize,
    block: usize,
    values: &mut CudaSlice<f64>,
) -> Result<(), GpuError> {
    let others = side / TILE - 1;
    let (side, block) = (side as i32, block as i32);
    let rounds = [
        ("resistance_own", 1),
        ("resistance_row", others),
        ("resistance_rest", others * others),
        ("resistance_column", others),
    ];
    for (name, tiles) in rounds.into_iter().filter(|&(_, tiles)| tiles > 0) {
        let function = gpu.function(&KERNELS, name)?;
        let mut launch = gpu.stream().launch_builder(&function);
        launch.arg(&mut *values).arg(&side).arg(&block);
        // SAFETY: as many tiles as the matrices have, all within them.
        unsafe { launch.launch(grid((tiles, graphs, 1), 256, 0)) }.map_err(at("resistances"))?;
    }
    Ok(())
}
