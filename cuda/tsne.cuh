// What the kernels of t-SNE share: how points lie in memory, the tails of Q, sums over a block.
#pragma once

#include "types.cuh"

// Tails, as crates/manifold/src/embed/tsne/cuda numbers them.
#define CAUCHY 0
#define STUDENT 1
#define GAUSS 2

// D coordinates: three are padded to four, so that one load takes them all.
template <int D> struct alignas(D == 3 ? 16 : 4 * D) Point {
    float x[D == 3 ? 4 : D];
};

// Above all numbers: the minimum of none.
#define ENDLESS __int_as_float(0x7f800000)

// Floats from point to point.
__device__ __forceinline__ int padded(int dimensions) { return dimensions == 3 ? 4 : dimensions; }

// The sum over a block of whole warps, in all its threads; always added in the same order.
__device__ __forceinline__ double block_sum(double value) {
    __shared__ double of_warps[32];
    for (int by = 16; by > 0; by /= 2) value += __shfl_xor_sync(ALL_LANES, value, by);
    __syncthreads(); // The last sum has been read.
    if (threadIdx.x % 32 == 0) of_warps[threadIdx.x / 32] = value;
    __syncthreads();
    double sum = 0;
    for (int warp = 0; warp < (int)blockDim.x / 32; warp++) sum += of_warps[warp];
    return sum;
}

// The least value of a block of whole warps, in all its threads. NaN is ignored.
__device__ __forceinline__ float block_least(float value) {
    __shared__ float of_warps[32];
    for (int by = 16; by > 0; by /= 2) value = fminf(value, __shfl_xor_sync(ALL_LANES, value, by));
    __syncthreads();
    if (threadIdx.x % 32 == 0) of_warps[threadIdx.x / 32] = value;
    __syncthreads();
    float least = of_warps[0];
    for (int warp = 1; warp < (int)blockDim.x / 32; warp++) least = fminf(least, of_warps[warp]);
    return least;
}

// The sum of what other blocks left, in all threads.
__device__ __forceinline__ double sum_of_parts(const double *parts, int count) {
    double sum = 0;
    for (int at = threadIdx.x; at < count; at += blockDim.x) sum += parts[at];
    return block_sum(sum);
}
