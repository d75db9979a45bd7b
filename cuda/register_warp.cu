// Frames where the water put each pixel.
//
// Parity: where the fields are equal, within 1e-3 gray levels of src/registration/residual.rs (bilinear) and
// src/registration/average.rs (cubic convolution, Keys 1981) for gradients up to 100 gray levels per pixel, except at
// pixels within a rounding error of the frame's border, which only one of the two may see.

#include "register.cuh"

// The frame between its pixels; beyond its border `otherwise`.
__device__ __forceinline__ float bilinear(const float *frame, int width, int height, float x, float y, float otherwise) {
    float right = width - 1, bottom = height - 1;
    if (!(x >= 0.0f && x <= right && y >= 0.0f && y <= bottom)) return otherwise;
    int column = min((int)x, width - 2), row = min((int)y, height - 2);
    float tx = x - column, ty = y - row;
    const float *at = frame + (size_t)row * width + column;
    float above = at[0] + tx * (at[1] - at[0]);
    float below = at[width] + tx * (at[width + 1] - at[width]);
    return above + ty * (below - above);
}

// warped(x) = frame(x + u(x)), and beyond the frame the reference's value. A thread fills a cell's four pixels
// of one row. Grid: cells / TILE_WIDTH, height / TILE_HEIGHT, frames; those that are still are left out.
extern "C" __global__ void __launch_bounds__(256) register_warp(const float *frames, const float *reference, const float *fields, const int *still, float *warped, int width, int height, int columns, int rows) {
    int cell = blockIdx.x * TILE_WIDTH + threadIdx.x % TILE_WIDTH;
    int y = blockIdx.y * TILE_HEIGHT + threadIdx.x / TILE_WIDTH;
    int cells = columns - 3, nodes = columns * rows, z = blockIdx.z;
    if (still[z] || cell >= cells || y >= height) return;
    const float *frame = frames + (size_t)z * width * height;
    const float *dx = fields + (size_t)z * 2 * nodes + y / SPACING * columns + cell, *dy = dx + nodes;
    float down[4], across_x[4], across_y[4];
    spline_at(y % SPACING, down);
    for (int i = 0; i < 4; i++) {
        across_x[i] = across_y[i] = 0.0f;
        for (int j = 0; j < 4; j++) {
            across_x[i] += down[j] * dx[j * columns + i];
            across_y[i] += down[j] * dy[j * columns + i];
        }
    }
    float4 four;
    float *out = &four.x;
#pragma unroll
    for (int phase = 0; phase < SPACING; phase++) {
        float w[4], x = 0.0f, down_by = 0.0f;
        spline_at(phase, w);
#pragma unroll
        for (int i = 0; i < 4; i++) {
            x += w[i] * across_x[i];
            down_by += w[i] * across_y[i];
        }
        int column = cell * SPACING + phase;
        float otherwise = reference[(size_t)y * width + min(column, width - 1)];
        out[phase] = bilinear(frame, width, height, column + x, y + down_by, otherwise);
    }
    ((float4 *)warped)[((size_t)z * height + y) * cells + cell] = four;
}

__device__ __forceinline__ void keys(float t, float w[4]) {
    float t2 = t * t, t3 = t2 * t;
    w[0] = -0.5f * t3 + t2 - 0.5f * t;
    w[1] = 1.5f * t3 - 2.5f * t2 + 1.0f;
    w[2] = -1.5f * t3 + 2.0f * t2 + 0.5f * t;
    w[3] = 0.5f * t3 - 0.5f * t2;
}

// Adds frame(x + u(x)) of `count` frames, one after the other, to the sum of each pixel, and how many of them
// see it to its count. Frame i is frame which[i] of `frames`. Grid: tiles of pixels.
extern "C" __global__ void __launch_bounds__(256) register_accumulate(const float *frames, const int *which, const float *fields, int count, float *sums, float *counts, int width, int height, int columns, int rows) {
    int x = blockIdx.x * TILE_WIDTH + threadIdx.x % TILE_WIDTH;
    int y = blockIdx.y * TILE_HEIGHT + threadIdx.x / TILE_WIDTH;
    if (x >= width || y >= height) return;
    float across[4], down[4], right = width - 1, bottom = height - 1;
    spline_at(x % SPACING, across);
    spline_at(y % SPACING, down);
    size_t at = (size_t)y * width + x, nodes = (size_t)columns * rows;
    float sum = sums[at], seen = counts[at];
    for (int i = 0; i < count; i++) {
        const float *frame = frames + which[i] * ((size_t)width * height);
        const float *dx = fields + i * 2 * nodes + y / SPACING * columns + x / SPACING, *dy = dx + nodes;
        float px = 0.0f, py = 0.0f;
        for (int k = 0; k < 4; k++) {
            float own_x = 0.0f, own_y = 0.0f;
            for (int j = 0; j < 4; j++) {
                own_x += down[j] * dx[j * columns + k];
                own_y += down[j] * dy[j * columns + k];
            }
            px += across[k] * own_x;
            py += across[k] * own_y;
        }
        px += x;
        py += y;
        // The border pixels reach half a pixel further.
        if (!(px >= -0.5f && px <= right + 0.5f && py >= -0.5f && py <= bottom + 0.5f)) continue;
        px = min(max(px, 0.0f), right);
        py = min(max(py, 0.0f), bottom);
        int column = (int)px, row = (int)py;
        float wx[4], wy[4], value = 0.0f;
        keys(px - column, wx);
        keys(py - row, wy);
        for (int k = 0; k < 4; k++) {
            int from = clamp(column + k - 1, 0, width - 1);
            float line = 0.0f;
            for (int j = 0; j < 4; j++) line += wy[j] * frame[(size_t)clamp(row + j - 1, 0, height - 1) * width + from];
            value += wx[k] * line;
        }
        sum += value;
        seen += 1.0f;
    }
    sums[at] = sum;
    counts[at] = seen;
}
