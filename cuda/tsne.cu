// A step of t-SNE: attraction, the descent, the divergence. The CPU's version is crates/manifold/src/embed/tsne/descent.rs
// and attraction.rs, where the formulas are.
//
// n points; P by rows: `starts` (n + 1), `columns`, `values`. Positions are 64-bit, n x dimensions; `rounded`,
// forces: 32-bit, 1, 2 or 4 floats a point. No result depends on the order in which blocks run.
#include "tsne.cuh"

// One warp a row: pull_i = sum over j of P_ij s (y_i - y_j), s = 1 / (1 + d^2 / nu); inverse_nu = 0 is Gauss.
template <int D>
__device__ __forceinline__ void attract(const u64 *starts, const u32 *columns, const float *values, const float *rounded,
                                        int n, float inverse_nu, float *attraction) {
    int row = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32;
    if (row >= n) return;
    const Point<D> *points = (const Point<D> *)rounded;
    Point<D> here = points[row], sum = {};
    u64 end = starts[row + 1];
    for (u64 at = starts[row] + threadIdx.x % 32; at < end; at += 32) {
        Point<D> there = points[columns[at]];
        float squared = 0, away[D];
        for (int axis = 0; axis < D; axis++) {
            away[axis] = here.x[axis] - there.x[axis];
            squared += away[axis] * away[axis];
        }
        float weight = __fdividef(values[at], 1 + squared * inverse_nu);
        for (int axis = 0; axis < D; axis++) sum.x[axis] += weight * away[axis];
    }
    for (int by = 16; by > 0; by /= 2)
        for (int axis = 0; axis < D; axis++) sum.x[axis] += __shfl_xor_sync(ALL_LANES, sum.x[axis], by);
    if (threadIdx.x % 32 == 0) ((Point<D> *)attraction)[row] = sum;
}

// Parity: 1e-5 of the root mean square of the forces on the CPU, which are summed in 32 bits as well.
extern "C" __global__ void __launch_bounds__(256) tsne_attract_1d(const u64 *starts, const u32 *columns, const float *values, const float *rounded, int n, float inverse_nu, float *attraction) {
    attract<1>(starts, columns, values, rounded, n, inverse_nu, attraction);
}
extern "C" __global__ void __launch_bounds__(256) tsne_attract_2d(const u64 *starts, const u32 *columns, const float *values, const float *rounded, int n, float inverse_nu, float *attraction) {
    attract<2>(starts, columns, values, rounded, n, inverse_nu, attraction);
}
extern "C" __global__ void __launch_bounds__(256) tsne_attract_3d(const u64 *starts, const u32 *columns, const float *values, const float *rounded, int n, float inverse_nu, float *attraction) {
    attract<3>(starts, columns, values, rounded, n, inverse_nu, attraction);
}

// No point moves farther in a step, and no gain falls below.
#define LONGEST 5.0
#define LEAST_GAIN 0.01f

// One step along attraction_scale * attraction + 2 / Z * repulsion, Z the sum of `potentials` less n. `sums`: of the new
// positions, one a block for each axis. Counts the step in counts[1]; does nothing where counts[0] says that the
// points have outgrown their grid. Parity: the same arithmetic as on the CPU, 64-bit positions and 32-bit velocities and
// gains; multiplications and additions may be fused.
extern "C" __global__ void __launch_bounds__(256) tsne_step(int dimensions, int n, const float *attraction, const float *repulsion, const double *potentials, int parts, float attraction_scale, float momentum, float rate, double *y, float *velocity, float *gain, double *sums, u32 *counts) {
    if (counts[0]) return;
    double z = max(sum_of_parts(potentials, parts) - n, 1e-6 * n);
    float repulsion_scale = (float)(2.0 / z);
    double sum[3] = {};
    int stride = padded(dimensions);
    for (i64 i = blockIdx.x * (i64)blockDim.x + threadIdx.x; i < n; i += (i64)gridDim.x * blockDim.x) {
        float moves[3];
        double length2 = 0;
#pragma unroll
        for (int axis = 0; axis < 3; axis++) {
            if (axis >= dimensions) continue;
            i64 at = i * dimensions + axis;
            float gradient = attraction_scale * attraction[i * stride + axis] + repulsion_scale * repulsion[i * stride + axis];
            bool onwards = (gradient > 0) != (velocity[at] > 0);
            float grown = onwards ? gain[at] + 0.2f : fmaxf(gain[at] * 0.8f, LEAST_GAIN);
            gain[at] = grown;
            moves[axis] = momentum * velocity[at] - rate * grown * gradient;
            length2 += (double)moves[axis] * (double)moves[axis];
        }
        float shrink = length2 > LONGEST * LONGEST ? (float)(LONGEST / sqrt(length2)) : 1.0f;
#pragma unroll
        for (int axis = 0; axis < 3; axis++) {
            if (axis >= dimensions) continue;
            i64 at = i * dimensions + axis;
            float move = moves[axis] * shrink;
            velocity[at] = move;
            double moved = y[at] + move;
            y[at] = moved;
            sum[axis] += moved;
        }
    }
#pragma unroll
    for (int axis = 0; axis < 3; axis++) {
        if (axis >= dimensions) continue;
        double whole = block_sum(sum[axis]);
        if (threadIdx.x == 0) sums[axis * gridDim.x + blockIdx.x] = whole;
    }
    if (blockIdx.x == 0 && threadIdx.x == 0) counts[1]++;
}

// Moves the mean of the positions to 0, of which `sums` holds `parts` parts for each axis, and rounds them.
// `extents`: least x, least y, least -x, least -y, one of each a block.
extern "C" __global__ void __launch_bounds__(256) tsne_center(int dimensions, int n, const double *sums, int parts, double *y, float *rounded, float *extents, const u32 *counts) {
    if (counts[0]) return;
    double mean[3];
    float least[4];
#pragma unroll
    for (int axis = 0; axis < 3; axis++) mean[axis] = axis < dimensions ? sum_of_parts(sums + axis * parts, parts) / n : 0;
    for (int side = 0; side < 4; side++) least[side] = ENDLESS;
    int stride = padded(dimensions);
    for (i64 i = blockIdx.x * (i64)blockDim.x + threadIdx.x; i < n; i += (i64)gridDim.x * blockDim.x) {
#pragma unroll
        for (int axis = 0; axis < 3; axis++) {
            if (axis >= dimensions) continue;
            double centered = y[i * dimensions + axis] - mean[axis];
            y[i * dimensions + axis] = centered;
            rounded[i * stride + axis] = (float)centered;
            if (axis < 2) {
                least[axis] = fminf(least[axis], (float)centered);
                least[axis + 2] = fminf(least[axis + 2], -(float)centered);
            }
        }
    }
    for (int side = 0; side < 4; side++) {
        float whole = block_least(least[side]);
        if (threadIdx.x == 0) extents[side * gridDim.x + blockIdx.x] = whole;
    }
}

// What the affinities add to the divergence: the sum of P_ij times -ln w(d_ij^2), one part a block. Warps take
// rows in turn. Parity: 1e-12, both in 64 bits.
extern "C" __global__ void __launch_bounds__(256) tsne_cost(const u64 *starts, const u32 *columns, const float *values, const double *y, int dimensions, int n, int tail, double nu, double *costs) {
    double sum = 0;
    int warps = blockDim.x / 32;
    for (i64 row = blockIdx.x * (i64)warps + threadIdx.x / 32; row < n; row += (i64)gridDim.x * warps)
        for (u64 at = starts[row] + threadIdx.x % 32; at < starts[row + 1]; at += 32) {
            double squared = 0;
            for (int axis = 0; axis < dimensions; axis++) {
                double away = y[row * dimensions + axis] - y[(i64)columns[at] * dimensions + axis];
                squared += away * away;
            }
            double cost = tail == GAUSS ? 0.5 * squared : 0.5 * (nu + 1) * log1p(squared / nu);
            sum += values[at] * cost;
        }
    double whole = block_sum(sum);
    if (threadIdx.x == 0) costs[blockIdx.x] = whole;
}
