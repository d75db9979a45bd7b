// Diagonals of the inverses of many symmetric positive definite matrices: blocked Gauss-Jordan.
//
// Of A = L + J/n, L a graph's Laplacian with conductances 1/length and J all ones, the diagonal of the inverse less 1/n is
// that of the pseudo-inverse L⁺; n² L⁺_ss is the least Σ length f² over flows that bring a unit from s to each
// node. Without pivoting, which positive definite matrices do not need.
//
// values: [graph][side][side] in double precision, side a multiple of TILE; beyond a graph's nodes the identity.
// Parity: within 1e-9 of flow/resistance.rs, relative, for graphs whose longest edge is 1000 times their shortest.
#include "types.cuh"

#define TILE 32

// Grid: (ceil(side² / 256), graphs), 256 threads.
extern "C" __global__ void __launch_bounds__(256) resistance_fill(double *values, int side, const u32 *nodes) {
    u32 at = blockIdx.x * 256 + threadIdx.x;
    u32 count = (u32)side * side, n = nodes[blockIdx.y];
    if (at >= count) return;
    u32 row = at / side, column = at % side;
    double value = row < n && column < n ? 1.0 / n : row == column;
    values[(size_t)blockIdx.y * count + at] = value;
}

// Adds L. arcs are (to, length), both ways. One thread a row, so that its sum
// is taken in the order of the arcs: those of row r of graph g are offsets[g side + r] .. offsets[g side + r + 1].
// Grid: (ceil(side / 256), graphs), 256 threads.
extern "C" __global__ void __launch_bounds__(256) resistance_laplacian(double *values, int side, const u32 *offsets, const uint2 *arcs) {
    int row = blockIdx.x * 256 + threadIdx.x;
    if (row >= side) return;
    double *line = values + ((size_t)blockIdx.y * side + row) * side;
    size_t at = (size_t)blockIdx.y * side + row;
    double degree = 0;
    for (u32 arc = offsets[at]; arc < offsets[at + 1]; arc++) {
        double conductance = 1.0 / arcs[arc].y;
        line[arcs[arc].x] -= conductance;
        degree += conductance;
    }
    line[row] += degree;
}

__device__ __forceinline__ void load_tile(double (*tile)[TILE + 1], const double *values, int side) {
    for (int row = threadIdx.x / TILE; row < TILE; row += 256 / TILE)
        tile[row][threadIdx.x % TILE] = values[(size_t)row * side + threadIdx.x % TILE];
}

// Inverts the block's own tile in place. Grid: (1, graphs), 256 threads.
extern "C" __global__ void __launch_bounds__(256) resistance_own(double *values, int side, int block) {
    __shared__ double tile[TILE][TILE + 1], pivots[TILE];
    double *own = values + (size_t)blockIdx.y * side * side + (size_t)block * TILE * side + block * TILE;
    load_tile(tile, own, side);
    __syncthreads();
    int column = threadIdx.x % TILE;
    for (int k = 0; k < TILE; k++) {
        double pivot = 1.0 / tile[k][k];
        double of_row = tile[k][column] * pivot;
        if (threadIdx.x < TILE) pivots[column] = tile[column][k];
        __syncthreads();
        for (int row = threadIdx.x / TILE; row < TILE; row += 256 / TILE) {
            double factor = pivots[row];
            double value = column == k ? -factor * pivot : tile[row][column] - factor * of_row;
            tile[row][column] = row == k ? (column == k ? pivot : of_row) : value;
        }
        __syncthreads();
    }
    for (int row = threadIdx.x / TILE; row < TILE; row += 256 / TILE) own[(size_t)row * side + column] = tile[row][column];
}

// Entry (row, column) of the product of two tiles.
__device__ __forceinline__ double product(const double (*a)[TILE + 1], const double (*b)[TILE + 1], int row, int column) {
    double sum = 0;
#pragma unroll 8
    for (int k = 0; k < TILE; k++) sum += a[row][k] * b[k][column];
    return sum;
}

// The block's row of tiles times the inverse of its own. Grid: (side / TILE - 1, graphs), 256 threads.
extern "C" __global__ void __launch_bounds__(256) resistance_row(double *values, int side, int block) {
    __shared__ double own[TILE][TILE + 1], tile[TILE][TILE + 1];
    double *graph = values + (size_t)blockIdx.y * side * side;
    int other = blockIdx.x + (blockIdx.x >= (u32)block);
    double *to = graph + (size_t)block * TILE * side + other * TILE;
    load_tile(own, graph + (size_t)block * TILE * side + block * TILE, side);
    load_tile(tile, to, side);
    __syncthreads();
    int column = threadIdx.x % TILE;
    for (int row = threadIdx.x / TILE; row < TILE; row += 256 / TILE)
        to[(size_t)row * side + column] = product(own, tile, row, column);
}

// All tiles outside of the block's row and column, less column times row. Grid: ((side / TILE - 1)², graphs), 256 threads.
extern "C" __global__ void __launch_bounds__(256) resistance_rest(double *values, int side, int block) {
    __shared__ double first[TILE][TILE + 1], second[TILE][TILE + 1];
    double *graph = values + (size_t)blockIdx.y * side * side;
    int others = side / TILE - 1, i = blockIdx.x / others, j = blockIdx.x % others;
    i += i >= block;
    j += j >= block;
    load_tile(first, graph + (size_t)i * TILE * side + block * TILE, side);
    load_tile(second, graph + (size_t)block * TILE * side + j * TILE, side);
    __syncthreads();
    double *to = graph + (size_t)i * TILE * side + j * TILE;
    int column = threadIdx.x % TILE;
    for (int row = threadIdx.x / TILE; row < TILE; row += 256 / TILE)
        to[(size_t)row * side + column] -= product(first, second, row, column);
}

// The block's column of tiles times the inverse of its own, negative. Grid: (side / TILE - 1, graphs), 256 threads.
extern "C" __global__ void __launch_bounds__(256) resistance_column(double *values, int side, int block) {
    __shared__ double own[TILE][TILE + 1], tile[TILE][TILE + 1];
    double *graph = values + (size_t)blockIdx.y * side * side;
    int other = blockIdx.x + (blockIdx.x >= (u32)block);
    double *to = graph + (size_t)other * TILE * side + block * TILE;
    load_tile(own, graph + (size_t)block * TILE * side + block * TILE, side);
    load_tile(tile, to, side);
    __syncthreads();
    int column = threadIdx.x % TILE;
    for (int row = threadIdx.x / TILE; row < TILE; row += 256 / TILE)
        to[(size_t)row * side + column] = -product(tile, own, row, column);
}

// diagonal: [graph][side], that of L⁺. Grid: (ceil(side / 256), graphs), 256 threads.
extern "C" __global__ void __launch_bounds__(256) resistance_diagonal(const double *values, int side, const u32 *nodes, double *diagonal) {
    int row = blockIdx.x * 256 + threadIdx.x;
    if (row >= side) return;
    size_t at = (size_t)blockIdx.y * side + row;
    diagonal[at] = values[at * side + row] - 1.0 / nodes[blockIdx.y];
}
