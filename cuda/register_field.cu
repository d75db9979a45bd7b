// Fields from level to level, and two fields blended: as src/registration/field.rs and align_anew in
// src/registration/align.rs. Grid: nodes / THREADS, 1, frames.
//
// Parity: within 1e-5 pixels (rounding only), except where two fields fit almost equally well and the other
// one is chosen.

#include "register.cuh"

// The fields of the next coarser level, in its pixels: every other node, smoothed. `columns` and `rows` are
// those of the finer lattice.
extern "C" __global__ void __launch_bounds__(256) register_field_halve(const float *finer, float *coarser, int columns, int rows, int coarse_columns, int coarse_rows) {
    int at = blockIdx.x * THREADS + threadIdx.x, nodes = columns * rows, coarse_nodes = coarse_columns * coarse_rows;
    if (at >= coarse_nodes) return;
    int row = at / coarse_columns, column = at % coarse_columns;
    for (int way = 0; way < 2; way++) {
        const float *from = finer + ((size_t)blockIdx.z * 2 + way) * nodes;
        float sum = 0.0f;
        for (int j = 0; j < 3; j++) {
            int y = clamp(2 * row + j - 2, 0, rows - 1);
            for (int i = 0; i < 3; i++) {
                int x = clamp(2 * column + i - 2, 0, columns - 1);
                sum += (j == 1 ? 0.5f : 0.25f) * (i == 1 ? 0.5f : 0.25f) * from[y * columns + x];
            }
        }
        coarser[((size_t)blockIdx.z * 2 + way) * coarse_nodes + at] = 0.5f * sum;
    }
}

// Coarse nodes and weights that make up a fine node: three, or two and a weight of zero.
__device__ __forceinline__ void parts(int node, int count, int at[3], float weight[3]) {
    bool odd = node % 2;
    int first = odd ? (node + 1) / 2 - 1 : node / 2;
    for (int i = 0; i < 3; i++) at[i] = min(first + i, count - 1);
    weight[0] = odd ? 0.125f : 0.5f;
    weight[1] = odd ? 0.75f : 0.5f;
    weight[2] = odd ? 0.125f : 0.0f;
}

// Adds what a coarser level changed, `after` less `before`: exactly, because a spline is also one on the finer lattice.
extern "C" __global__ void __launch_bounds__(256) register_field_add(float *finer, const float *after, const float *before, int columns, int rows, int coarse_columns, int coarse_rows) {
    int at = blockIdx.x * THREADS + threadIdx.x, nodes = columns * rows, coarse_nodes = coarse_columns * coarse_rows;
    if (at >= nodes) return;
    int xs[3], ys[3];
    float across[3], down[3];
    parts(at % columns, coarse_columns, xs, across);
    parts(at / columns, coarse_rows, ys, down);
    for (int way = 0; way < 2; way++) {
        size_t start = ((size_t)blockIdx.z * 2 + way) * coarse_nodes;
        float sum = 0.0f;
        for (int j = 0; j < 3; j++) {
            for (int i = 0; i < 3; i++) {
                size_t from = start + ys[j] * coarse_columns + xs[i];
                sum += down[j] * across[i] * (after[from] - before[from]);
            }
        }
        finer[((size_t)blockIdx.z * 2 + way) * nodes + at] += 2.0f * sum;
    }
}

// 1 where the other field fits better about a node, else 0.
extern "C" __global__ void __launch_bounds__(256) register_better(const float *misfit, const float *other, float *better, int columns, int rows) {
    int at = blockIdx.x * THREADS + threadIdx.x, nodes = columns * rows;
    if (at >= nodes) return;
    size_t start = (size_t)blockIdx.z * nodes;
    int row = at / columns, column = at % columns;
    float old_misfit = blurred(misfit + start, columns, rows, column, row);
    better[start + at] = blurred(other + start, columns, rows, column, row) < old_misfit ? 1.0f : 0.0f;
}

// Takes the other field where it is better, with soft seams.
extern "C" __global__ void __launch_bounds__(256) register_blend(float *fields, const float *other, const float *better, int columns, int rows) {
    int at = blockIdx.x * THREADS + threadIdx.x, nodes = columns * rows;
    if (at >= nodes) return;
    float share = blurred(better + (size_t)blockIdx.z * nodes, columns, rows, at % columns, at / columns);
    for (int way = 0; way < 2; way++) {
        size_t here = ((size_t)blockIdx.z * 2 + way) * nodes + at;
        fields[here] += share * (other[here] - fields[here]);
    }
}
