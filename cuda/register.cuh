// What the kernels of dense registration share. Names and formulas are those of src/register, whose code is the
// reference; there, sums are taken in another order, and products are not fused with additions.
//
// Batches: a grid's z is the frame, and the data of a frame follow those of the frame before. A level's
// pictures are `width` x `height`, row-major, in gray levels; a field is two planes (dx, dy, in pixels of the
// level) of `rows` x `columns` nodes, SPACING pixels apart, the first node one spacing before the picture. The
// warped frame has whole cells: rows of 4 (columns - 3) pixels.
#pragma once

#include "types.cuh"

#define SPACING 4
// Threads of a block unless a kernel states otherwise.
#define THREADS 256
// Pixels of a block, THREADS in all.
#define TILE_WIDTH 32
#define TILE_HEIGHT 8
// The smallest normal number: nothing smaller may be divided by.
#define SMALLEST_NORMAL 1.17549435e-38f

// The cubic B-spline at the four nodes around a point that is a share t of the spacing past the second.
__device__ __forceinline__ void spline_weights(float t, float w[4]) {
    float r = 1.0f - t;
    w[0] = r * r * r / 6.0f;
    w[1] = (3.0f * t * t * t - 6.0f * t * t + 4.0f) / 6.0f;
    w[2] = (3.0f * r * r * r - 6.0f * r * r + 4.0f) / 6.0f;
    w[3] = t * t * t / 6.0f;
}

// The same at the pixel `phase` of a cell.
__device__ __forceinline__ void spline_at(int phase, float w[4]) { spline_weights((float)phase / SPACING, w); }

__device__ __forceinline__ int clamp(int value, int low, int high) { return min(max(value, low), high); }

// Sum over the THREADS threads of a block, returned to each of them: always in the same order.
__device__ __forceinline__ float block_sum(float value) {
    __shared__ float of_warp[THREADS / 32];
    for (int with = 16; with > 0; with /= 2) value += __shfl_xor_sync(ALL_LANES, value, with);
    if (threadIdx.x % 32 == 0) of_warp[threadIdx.x / 32] = value;
    __syncthreads();
    float sum = 0.0f;
    for (int warp = 0; warp < THREADS / 32; warp++) sum += of_warp[warp];
    __syncthreads();
    return sum;
}

// Sum of what `count` blocks left, returned to each thread.
__device__ __forceinline__ float sum_of_blocks(const float *sums, int count) {
    float value = 0.0f;
    for (int at = threadIdx.x; at < count; at += THREADS) value += sums[at];
    return block_sum(value);
}

// Mean over the nodes that are at most two away each way, of those that there are.
__device__ __forceinline__ float blurred(const float *values, int columns, int rows, int column, int row) {
    int left = max(column - 2, 0), right = min(column + 2, columns - 1);
    int top = max(row - 2, 0), bottom = min(row + 2, rows - 1);
    float sum = 0.0f;
    for (int y = top; y <= bottom; y++) {
        float line = 0.0f;
        for (int x = left; x <= right; x++) line += values[y * columns + x];
        sum += line;
    }
    return sum / ((right - left + 1) * (bottom - top + 1));
}
