// Geodesics between all pairs of nodes of many graphs: blocked Floyd-Warshall.
//
// values: [graph][side][side], side a multiple of TILE, lengths of shortest paths so far; FAR where
// none is known. A round relaxes by paths through the TILE nodes of one block: first within the block's own
// tile, then its row and column of tiles, then all others.
// Source: Venkataraman, Sahni, Mukhopadhyaya, ACM J. Experimental Algorithmics 8 (2003).
// Parity: integers; equal to graph/geodesic.rs bit for bit.
#include "types.cuh"

#define TILE 64
#define FAR (0xffffffffu / 2)

// Grid: (ceil(side² / 256), graphs), 256 threads.
extern "C" __global__ void __launch_bounds__(256) geodesic_fill(u32 *values, int side) {
    u32 at = blockIdx.x * 256 + threadIdx.x;
    u32 count = (u32)side * side;
    if (at < count) values[(size_t)blockIdx.y * count + at] = at % (side + 1) == 0 ? 0 : FAR;
}

// edges: [count] of (graph, u, v, length). Grid: ceil(count / 256), 256 threads.
extern "C" __global__ void __launch_bounds__(256) geodesic_edges(u32 *values, int side, const uint4 *edges, u32 count) {
    u32 at = blockIdx.x * 256 + threadIdx.x;
    if (at >= count) return;
    uint4 edge = edges[at];
    u32 *graph = values + (size_t)edge.x * side * side;
    graph[(size_t)edge.y * side + edge.z] = edge.w;
    graph[(size_t)edge.z * side + edge.y] = edge.w;
}

__device__ __forceinline__ void load_tile(u32 (*tile)[TILE + 4], const u32 *values, int side) {
    for (int at = threadIdx.x; at < TILE * TILE / 4; at += 256) {
        int row = at / (TILE / 4), column = at % (TILE / 4) * 4;
        *(uint4 *)&tile[row][column] = *(const uint4 *)(values + (size_t)row * side + column);
    }
}

// Relaxes the block's own tile: plain Floyd-Warshall. Grid: (1, graphs), 256 threads.
extern "C" __global__ void __launch_bounds__(256, 2) geodesic_own(u32 *values, int side, int block) {
    __shared__ __align__(16) u32 tile[TILE][TILE + 4];
    u32 *own = values + (size_t)blockIdx.y * side * side + (size_t)block * TILE * side + block * TILE;
    load_tile(tile, own, side);
    __syncthreads();
    int column = threadIdx.x % TILE;
    for (int k = 0; k < TILE; k++) {
        u32 after = tile[k][column];
        // Row and column k do not change in step k, because the path from k to k is 0: others may read them.
        for (int row = threadIdx.x / TILE; row < TILE; row += 256 / TILE)
            if (row != k && column != k) tile[row][column] = min(tile[row][column], tile[row][k] + after);
        __syncthreads();
    }
    for (int row = threadIdx.x / TILE; row < TILE; row += 256 / TILE) own[(size_t)row * side + column] = tile[row][column];
}

// to = min(to, first + second) over the nodes between; a thread has 4 x 4 entries.
__device__ __forceinline__ void relax(u32 *to, int side, const u32 (*first)[TILE + 4], const u32 (*second)[TILE + 4]) {
    int row = threadIdx.x / 16 * 4, column = threadIdx.x % 16 * 4;
    u32 best[4][4];
#pragma unroll
    for (int r = 0; r < 4; r++) {
        uint4 four = *(const uint4 *)(to + (size_t)(row + r) * side + column);
        best[r][0] = four.x, best[r][1] = four.y, best[r][2] = four.z, best[r][3] = four.w;
    }
#pragma unroll 8
    for (int k = 0; k < TILE; k++) {
        uint4 after = *(const uint4 *)&second[k][column];
#pragma unroll
        for (int r = 0; r < 4; r++) {
            u32 before = first[row + r][k];
            best[r][0] = min(best[r][0], before + after.x);
            best[r][1] = min(best[r][1], before + after.y);
            best[r][2] = min(best[r][2], before + after.z);
            best[r][3] = min(best[r][3], before + after.w);
        }
    }
#pragma unroll
    for (int r = 0; r < 4; r++)
        *(uint4 *)(to + (size_t)(row + r) * side + column) = make_uint4(best[r][0], best[r][1], best[r][2], best[r][3]);
}

// Relaxes the block's row (even numbers) and column (odd ones) of tiles. As its own tile is closed, one pass over
// what the tile was before suffices. Grid: (2 (side / TILE - 1), graphs), 256 threads.
extern "C" __global__ void __launch_bounds__(256) geodesic_cross(u32 *values, int side, int block) {
    __shared__ __align__(16) u32 own[TILE][TILE + 4], tile[TILE][TILE + 4];
    u32 *graph = values + (size_t)blockIdx.y * side * side;
    int other = blockIdx.x / 2;
    other += other >= block;
    bool is_row = blockIdx.x % 2 == 0;
    u32 *to = graph + (size_t)(is_row ? block : other) * TILE * side + (is_row ? other : block) * TILE;
    load_tile(own, graph + (size_t)block * TILE * side + block * TILE, side);
    load_tile(tile, to, side);
    __syncthreads();
    if (is_row)
        relax(to, side, own, tile);
    else
        relax(to, side, tile, own);
}

// Relaxes all other tiles. Grid: ((side / TILE - 1)², graphs), 256 threads.
extern "C" __global__ void __launch_bounds__(256) geodesic_rest(u32 *values, int side, int block) {
    __shared__ __align__(16) u32 first[TILE][TILE + 4], second[TILE][TILE + 4];
    u32 *graph = values + (size_t)blockIdx.y * side * side;
    int others = side / TILE - 1, row = blockIdx.x / others, column = blockIdx.x % others;
    row += row >= block;
    column += column >= block;
    load_tile(first, graph + (size_t)row * TILE * side + block * TILE, side);
    load_tile(second, graph + (size_t)block * TILE * side + column * TILE, side);
    __syncthreads();
    relax(graph + (size_t)row * TILE * side + column * TILE, side, first, second);
}

// sums: [graph][side], over the first nodes[graph] nodes of each row. Grid: (side / 8, graphs), 256 threads.
extern "C" __global__ void __launch_bounds__(256) geodesic_sums(const u32 *values, int side, const u32 *nodes, u64 *sums) {
    int row = blockIdx.x * 8 + threadIdx.x / 32, lane = threadIdx.x % 32;
    const u32 *line = values + ((size_t)blockIdx.y * side + row) * side;
    u64 sum = 0;
    for (int at = lane; at < (int)nodes[blockIdx.y]; at += 32) sum += line[at];
    for (int by = 16; by; by /= 2) sum += __shfl_xor_sync(ALL_LANES, sum, by);
    if (lane == 0) sums[(size_t)blockIdx.y * side + row] = sum;
}
