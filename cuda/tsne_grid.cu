// Repulsion in t-SNE, through a grid in the plane: points are spread over its nodes by quintic B-splines,
// convolved (tsne_fft.cu), and the potential and its gradient read off. The CPU's version is crates/manifold/src/embed/tsne/spline.rs.
//
// The grid has width x height nodes, which stay while the points fit; it is placed around them anew in each step.
// `origin`: of the grid, x and y. counts[0]: the points have outgrown the grid, and no step is done until the host
// has made a larger one.
#include "tsne.cuh"

// Nodes that a point touches along each axis.
#define TOUCHED 6

// Shares of a point in 64-bit fixed point, so that their sum does not depend on their order: a node takes at most
// 0.31 of a point, and 2^31 points fit.
#define UNIT 4294967296.0f

// One block. `extents`: what tsne_center left, `parts` of each. `box`: low and high, x and y, of the points.
// Parity: the grid of the CPU, to the bit, but for nodes added at its high ends.
extern "C" __global__ void __launch_bounds__(256) tsne_lay(const float *extents, int parts, double spacing, int width, int height, double *origin, double *box, u32 *counts) {
    float least[4];
    for (int side = 0; side < 4; side++) {
        float found = ENDLESS;
        for (int at = threadIdx.x; at < parts; at += blockDim.x) found = fminf(found, extents[side * parts + at]);
        least[side] = block_least(found);
    }
    if (threadIdx.x != 0) return;
    int nodes[2] = {width, height};
    for (int axis = 0; axis < 2; axis++) {
        double low = least[axis], high = -least[axis + 2];
        origin[axis] = low - 2.5 * spacing;
        box[axis] = low;
        box[axis + 2] = high;
        // One node more than the splines touch: the last point may lie on a node.
        if (ceil((high - low) / spacing) > nodes[axis] - TOUCHED - 1) counts[0] = 1;
    }
}

// The first node touched, and how far the point lies behind the third.
__device__ __forceinline__ int place(float value, double origin, double per_node, int nodes, float *behind) {
    double at = (value - origin) * per_node;
    // Points that are NaN stay in the grid.
    int first = min(max((int)at, 2) - 2, nodes - TOUCHED);
    *behind = (float)(at - (first + 2));
    return first;
}

// The quintic B-spline at the six nodes around a point.
__device__ __forceinline__ void spline(float t, float *at) {
    const float share = 1.0f / 120;
    float s = 1 - t, t2 = t * t, s2 = s * s;
    at[0] = s2 * s2 * s * share;
    at[1] = (((((5 * t - 20) * t + 20) * t + 20) * t - 50) * t + 26) * share;
    at[2] = (((-10 * t + 30) * t2 - 60) * t2 + 66) * share;
    at[3] = (((-10 * s + 30) * s2 - 60) * s2 + 66) * share;
    at[4] = (((((5 * s - 20) * s + 20) * s + 20) * s - 50) * s + 26) * share;
    at[5] = t2 * t2 * t * share;
}

// Its derivative.
__device__ __forceinline__ void slope(float t, float *at) {
    const float share = 1.0f / 24;
    float s = 1 - t, t2 = t * t, s2 = s * s;
    at[0] = -s2 * s2 * share;
    at[1] = ((((5 * t - 16) * t + 12) * t + 8) * t - 10) * share;
    at[2] = ((-10 * t + 24) * t2 - 24) * t * share;
    at[3] = -((-10 * s + 24) * s2 - 24) * s * share;
    at[4] = -((((5 * s - 16) * s + 12) * s + 8) * s - 10) * share;
    at[5] = t2 * t2 * share;
}

// Eight lanes a point, of which six have a column of nodes each. `nodes`: `copies` grids, zero before; blocks take
// them in turn, to reduce contention on the few nodes of a small grid.
// Parity: 2^-33 for each share, besides the rounding of the splines in 32 bits.
extern "C" __global__ void __launch_bounds__(256) tsne_spread(const float *y, int n, const double *origin, double per_node, int width, int height, int copies, u64 *nodes, const u32 *counts) {
    if (counts[0]) return;
    i64 point = (blockIdx.x * (i64)blockDim.x + threadIdx.x) / 8;
    int column = threadIdx.x % 8;
    if (point >= n || column >= TOUCHED) return;
    float2 here = ((const float2 *)y)[point];
    float behind, along[TOUCHED], down[TOUCHED], share = 0;
    int x = place(here.x, origin[0], per_node, width, &behind);
    spline(behind, along);
    int first = place(here.y, origin[1], per_node, height, &behind);
    spline(behind, down);
#pragma unroll
    for (int touched = 0; touched < TOUCHED; touched++)
        if (touched == column) share = along[touched];
    u64 *node = nodes + (u64)(blockIdx.x % copies) * width * height + (u64)first * width + x + column;
#pragma unroll
    for (int row = 0; row < TOUCHED; row++) atomicAdd(node + (u64)row * width, (u64)__float2ll_rn(down[row] * share * UNIT));
}

// phi and its gradient at each point, from the potential at the nodes. `potentials`: sums of phi, one a block.
// Parity: with the transforms, 1e-4 of the root mean square on the CPU, or of 0.05 where that is less; phi 1e-5.
extern "C" __global__ void __launch_bounds__(256) tsne_gather(const float *y, int n, const double *origin, double per_node, int width, int height, const float *field, float *repulsion, double *potentials, const u32 *counts) {
    if (counts[0]) return;
    double potential = 0;
    for (i64 i = blockIdx.x * (i64)blockDim.x + threadIdx.x; i < n; i += (i64)gridDim.x * blockDim.x) {
        float2 here = ((const float2 *)y)[i];
        float tx, ty, along[TOUCHED], along_slope[TOUCHED], down[TOUCHED], down_slope[TOUCHED];
        int x = place(here.x, origin[0], per_node, width, &tx);
        int first = place(here.y, origin[1], per_node, height, &ty);
        spline(tx, along);
        slope(tx, along_slope);
        spline(ty, down);
        slope(ty, down_slope);
        float sum = 0, by_x = 0, by_y = 0;
        const float *node = field + (u64)first * width + x;
#pragma unroll
        for (int row = 0; row < TOUCHED; row++, node += width) {
            float value = 0, sloped = 0;
#pragma unroll
            for (int column = 0; column < TOUCHED; column++) {
                float at_node = __ldg(node + column);
                value += along[column] * at_node;
                sloped += along_slope[column] * at_node;
            }
            sum += down[row] * value;
            by_x += down[row] * sloped;
            by_y += down_slope[row] * value;
        }
        potential += sum;
        ((float2 *)repulsion)[i] = make_float2(by_x * (float)per_node, by_y * (float)per_node);
    }
    double whole = block_sum(potential);
    if (threadIdx.x == 0) potentials[blockIdx.x] = whole;
}
