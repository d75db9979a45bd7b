// The best the card can do: floors for the benchmark (benches/gpu).
#include "mma.cuh"

// A thread makes 16 independent chains of `steps` multiply-adds; all are written so that none is optimized away.
extern "C" __global__ void __launch_bounds__(256) bench_fma(float *out, int steps, float factor) {
    float sums[16];
#pragma unroll
    for (int i = 0; i < 16; i++) sums[i] = (float)(threadIdx.x + i);
    for (int step = 0; step < steps; step++)
#pragma unroll
        for (int i = 0; i < 16; i++) sums[i] = __fmaf_rn(sums[i], factor, 1.0f);
    float all = 0.0f;
#pragma unroll
    for (int i = 0; i < 16; i++) all += sums[i];
    out[(i64)blockIdx.x * blockDim.x + threadIdx.x] = all;
}

// A warp makes 4 independent chains of `steps` products of tiles of bytes; operations of one: rows x 8 x depth of the tile.
extern "C" __global__ void __launch_bounds__(256) bench_mma(int *out, int steps) {
    int sums[4][TILE_C] = {}, a[TILE_A], b[TILE_B];
#pragma unroll
    for (int i = 0; i < TILE_A; i++) a[i] = (int)threadIdx.x + i;
#pragma unroll
    for (int i = 0; i < TILE_B; i++) b[i] = (int)threadIdx.x - i;
    for (int step = 0; step < steps; step++)
#pragma unroll
        for (int chain = 0; chain < 4; chain++) multiply_tile(sums[chain], a, b);
    int all = 0;
#pragma unroll
    for (int chain = 0; chain < 4; chain++)
#pragma unroll
        for (int i = 0; i < TILE_C; i++) all += sums[chain][i];
    out[(i64)blockIdx.x * blockDim.x + threadIdx.x] = all;
}
