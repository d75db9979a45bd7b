// Repulsion in t-SNE, pair by pair: phi_i = sum over j of w(d_ij^2), j = i included, and its gradient. The
// CPU's version is crates/manifold/src/embed/tsne/exact.rs.
#include "tsne.cuh"

// Points of a tile, and threads of a block: each thread has a point of its own.
#define TILE 128

// w, and w times -2 d(ln w)/d(d^2) over (nu + 1) / nu.
template <int TAIL>
__device__ __forceinline__ float weigh(float squared, float inverse_nu, float power, float *repulsion) {
    if (TAIL == GAUSS) return *repulsion = expf(-0.5f * squared);
    // Far away the fast division gives 0.
    float share = __fdividef(1.0f, 1 + squared * inverse_nu);
    float weight = TAIL == CAUCHY ? share : expf(-power * log1pf(squared * inverse_nu));
    *repulsion = weight * share;
    return weight;
}

template <int D, int TAIL>
__device__ __forceinline__ void repel(const float *y, int n, float inverse_nu, float power, int tiles, float *parts, Point<D> *tile) {
    const Point<D> *points = (const Point<D> *)y;
    int i = blockIdx.x * TILE + threadIdx.x;
    Point<D> here = points[min(i, n - 1)];
    float sums[D] = {}, potential = 0;
    int first = blockIdx.y * tiles * TILE, last = min(n, first + tiles * TILE);
    for (int start = first; start < last; start += TILE) {
        int count = min(TILE, last - start);
        if ((int)threadIdx.x < count) tile[threadIdx.x] = points[start + threadIdx.x];
        __syncthreads();
        // Tile by tile, to lose little when many small weights are added.
        float tile_sums[D] = {}, tile_potential = 0;
#pragma unroll 4
        for (int j = 0; j < count; j++) {
            float squared = 0, away[D], repulsion;
            for (int axis = 0; axis < D; axis++) {
                away[axis] = here.x[axis] - tile[j].x[axis];
                squared += away[axis] * away[axis];
            }
            tile_potential += weigh<TAIL>(squared, inverse_nu, power, &repulsion);
            for (int axis = 0; axis < D; axis++) tile_sums[axis] += repulsion * away[axis];
        }
        potential += tile_potential;
        for (int axis = 0; axis < D; axis++) sums[axis] += tile_sums[axis];
        __syncthreads();
    }
    if (i >= n) return;
    float *part = parts + (u64)blockIdx.y * (D + 1) * n;
    for (int axis = 0; axis < D; axis++) part[(u64)axis * n + i] = sums[axis];
    part[(u64)D * n + i] = potential;
}

template <int D>
__device__ __forceinline__ void repel_by(int tail, const float *y, int n, float inverse_nu, float power, int tiles, float *parts) {
    __shared__ Point<D> tile[TILE];
    if (tail == CAUCHY)
        repel<D, CAUCHY>(y, n, inverse_nu, power, tiles, parts, tile);
    else if (tail == STUDENT)
        repel<D, STUDENT>(y, n, inverse_nu, power, tiles, parts, tile);
    else
        repel<D, GAUSS>(y, n, inverse_nu, power, tiles, parts, tile);
}

// Block (x, y): the 128 points from 128 x on against the y-th run of `tiles` tiles. `y`: 1, 2 or 4 floats a point.
// `parts`: for each run the sum of s w (y_i - y_j) along each axis and phi, n of each. power = (nu + 1) / 2.
// Parity of the sums over all runs: 1e-5 of the root mean square on the CPU, in 32 bits as well; Student's powers are
// taken through log1p and lose less than the CPU's where nu is large.
extern "C" __global__ void __launch_bounds__(128) tsne_repel_1d(const float *y, int n, int tail, float inverse_nu, float power, int tiles, float *parts) {
    repel_by<1>(tail, y, n, inverse_nu, power, tiles, parts);
}
extern "C" __global__ void __launch_bounds__(128) tsne_repel_2d(const float *y, int n, int tail, float inverse_nu, float power, int tiles, float *parts) {
    repel_by<2>(tail, y, n, inverse_nu, power, tiles, parts);
}
extern "C" __global__ void __launch_bounds__(128) tsne_repel_3d(const float *y, int n, int tail, float inverse_nu, float power, int tiles, float *parts) {
    repel_by<3>(tail, y, n, inverse_nu, power, tiles, parts);
}

// The runs together: repulsion = -factor times their sum, factor = (nu + 1) / nu; `potentials`: sums of phi, one a block.
extern "C" __global__ void __launch_bounds__(256) tsne_repel_sum(const float *parts, int dimensions, int n, int runs, float factor, float *repulsion, double *potentials) {
    double potential = 0;
    int stride = padded(dimensions);
    for (i64 i = blockIdx.x * (i64)blockDim.x + threadIdx.x; i < n; i += (i64)gridDim.x * blockDim.x) {
        for (int axis = 0; axis <= dimensions; axis++) {
            float sum = 0;
            for (int run = 0; run < runs; run++) sum += parts[((u64)run * (dimensions + 1) + axis) * n + i];
            if (axis < dimensions)
                repulsion[i * stride + axis] = -factor * sum;
            else
                potential += sum;
        }
    }
    double whole = block_sum(potential);
    if (threadIdx.x == 0) potentials[blockIdx.x] = whole;
}
