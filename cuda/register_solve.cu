// The linear system of one step, (J + a L) d = - (b + a L c), by conjugate gradients, as src/registration/solve.rs.
//
// Grid of all kernels but the last: nodes / THREADS, 1, frames. A product of two vectors is added up in two
// stages, always in the same order: each block leaves its part, and each block that needs the product adds up
// the parts. `products` holds for each frame PRODUCTS lists of gridDim.x parts: list 2 i of r z before
// iteration i, 2 i + 1 of p q in it, the last of the change's square. A solve that has nothing left to do
// leaves zeros, so the iterations after it find nothing to do either.
//
// Parity: the change within 1e-4 of its largest (rounding only, where the sums are equal).

#include "register.cuh"

#define SUMS 8
#define ITERATIONS 10
#define PRODUCTS (2 * ITERATIONS + 2)
#define OF_CHANGE (2 * ITERATIONS + 1)
// How much the displacements of neighboring nodes differ, in pixels, squared.
#define BEND_SQUARED (0.75f * 0.75f)
// A step that changes the coefficients by less than this (root mean square, pixels) is the last.
#define STILL 0.01f
// Half of what a free offset of the brightness at each node would take from the sums.
#define OFFSET (0.5f / 16.0f)

// The planes of `system`, for each frame: J turned into the frame, its inverse with the smoothness, residual,
// preconditioned residual, the image of the direction, the change, and the direction twice, in turns.
enum { XX, XY, YY, IXX, IXY, IYY, RX, RY, ZX, ZY, QX, QY, X, Y, PX, PY, PLANES = PX + 4 };

__device__ __forceinline__ float *product(float *products, int which) {
    return products + ((size_t)blockIdx.z * PRODUCTS + which) * gridDim.x;
}

// Sum over the neighbors of (own - neighbor) for values given by a function of the node.
template <class F> __device__ __forceinline__ float laplacian(F value, int columns, int rows, int column, int row) {
    int at = row * columns + column;
    float own = value(at), sum = 0.0f;
    if (row > 0) sum += own - value(at - columns);
    if (row + 1 < rows) sum += own - value(at + columns);
    if (column > 0) sum += own - value(at - 1);
    if (column + 1 < columns) sum += own - value(at + 1);
    return sum;
}

// (I + Du)^-T at a node, by rows; the identity where the field almost folds.
__device__ __forceinline__ void turn(const float *dx, const float *dy, int columns, int rows, int column, int row, float of[4]) {
    int left = max(column - 1, 0), right = min(column + 1, columns - 1);
    int above = max(row - 1, 0), below = min(row + 1, rows - 1);
    float wide = SPACING * (right - left), high = SPACING * (below - above);
    float a = 1.0f + (dx[row * columns + right] - dx[row * columns + left]) / wide;
    float b = (dx[below * columns + column] - dx[above * columns + column]) / high;
    float c = (dy[row * columns + right] - dy[row * columns + left]) / wide;
    float d = 1.0f + (dy[below * columns + column] - dy[above * columns + column]) / high;
    float determinant = a * d - b * c;
    bool folds = determinant < 0.2f;
    of[0] = folds ? 1.0f : d / determinant;
    of[1] = folds ? 0.0f : -c / determinant;
    of[2] = folds ? 0.0f : -b / determinant;
    of[3] = folds ? 1.0f : a / determinant;
}

// z = M^-1 r at a node; returns r z.
__device__ __forceinline__ float precondition(float *own, int nodes, int at, float rx, float ry) {
    float *plane = own + at;
    float xy = plane[(size_t)IXY * nodes];
    float zx = plane[(size_t)IXX * nodes] * rx + xy * ry, zy = xy * rx + plane[(size_t)IYY * nodes] * ry;
    plane[(size_t)ZX * nodes] = zx;
    plane[(size_t)ZY * nodes] = zy;
    return rx * zx + ry * zy;
}

// The system of a step, and the first residual.
extern "C" __global__ void __launch_bounds__(256) register_prepare(const float *fields, const float *sums, const float *variance, const int *still, float *system, float *products, int columns, int rows) {
    int z = blockIdx.z, at = blockIdx.x * THREADS + threadIdx.x, nodes = columns * rows;
    if (still[z]) return;
    float a = variance[z] / BEND_SQUARED, rz = 0.0f;
    if (at < nodes) {
        int row = at / columns, column = at % columns;
        const float *dx = fields + (size_t)z * 2 * nodes, *dy = dx + nodes;
        float s[SUMS], t[4];
        for (int i = 0; i < SUMS; i++) s[i] = sums[((size_t)z * SUMS + i) * nodes + at];
        turn(dx, dy, columns, rows, column, row, t);
        float bx = s[3] - OFFSET * s[5] * s[7], by = s[4] - OFFSET * s[6] * s[7];
        float xx = s[0] - OFFSET * s[5] * s[5], xy = s[1] - OFFSET * s[5] * s[6], yy = s[2] - OFFSET * s[6] * s[6];
        // A J Aᵀ and A b for A = (p q; r s).
        float ax = t[0] * xx + t[1] * xy, ay = t[0] * xy + t[1] * yy;
        float cx = t[2] * xx + t[3] * xy, cy = t[2] * xy + t[3] * yy;
        xx = ax * t[0] + ay * t[1];
        xy = ax * t[2] + ay * t[3];
        yy = cx * t[2] + cy * t[3];
        float *own = system + (size_t)z * PLANES * nodes, *plane = own + at;
        plane[(size_t)XX * nodes] = xx;
        plane[(size_t)XY * nodes] = xy;
        plane[(size_t)YY * nodes] = yy;
        float smooth_x = laplacian([&](int k) { return dx[k]; }, columns, rows, column, row);
        float smooth_y = laplacian([&](int k) { return dy[k]; }, columns, rows, column, row);
        float rx = -(t[0] * bx + t[1] * by + a * smooth_x), ry = -(t[2] * bx + t[3] * by + a * smooth_y);
        plane[(size_t)RX * nodes] = rx;
        plane[(size_t)RY * nodes] = ry;
        plane[(size_t)X * nodes] = plane[(size_t)Y * nodes] = 0.0f;
        int degree = (row > 0) + (row + 1 < rows) + (column > 0) + (column + 1 < columns);
        float diagonal = a * degree + SMALLEST_NORMAL;
        xx += diagonal;
        yy += diagonal;
        float determinant = max(xx * yy - xy * xy, SMALLEST_NORMAL);
        plane[(size_t)IXX * nodes] = yy / determinant;
        plane[(size_t)IXY * nodes] = -xy / determinant;
        plane[(size_t)IYY * nodes] = xx / determinant;
        rz = precondition(own, nodes, at, rx, ry);
    }
    rz = block_sum(rz);
    if (threadIdx.x == 0) product(products, 0)[blockIdx.x] = rz;
}

// First half of an iteration: the direction p = z + beta p, and its image q = (J + a L) p. The old direction is
// read, the new one written elsewhere, because neighbors also read the old one.
extern "C" __global__ void __launch_bounds__(256) register_direct(const float *variance, const int *still, float *system, float *products, int columns, int rows, int iteration) {
    int z = blockIdx.z, at = blockIdx.x * THREADS + threadIdx.x, nodes = columns * rows;
    if (still[z]) return;
    float rz = sum_of_blocks(product(products, 2 * iteration), gridDim.x), pq = 0.0f;
    float beta = iteration ? rz / sum_of_blocks(product(products, 2 * iteration - 2), gridDim.x) : 0.0f;
    if (!(rz <= SMALLEST_NORMAL) && at < nodes) {
        int row = at / columns, column = at % columns;
        float a = variance[z] / BEND_SQUARED;
        float *own = system + (size_t)z * PLANES * nodes, *plane = own + at;
        int before = PX + 2 * (iteration % 2), after = PX + 2 - 2 * (iteration % 2);
        const float *zx = own + (size_t)ZX * nodes, *zy = own + (size_t)ZY * nodes;
        const float *old_x = own + (size_t)before * nodes, *old_y = old_x + nodes;
        // The first time there is no old direction, not even zeros.
        auto next_x = [&](int k) { return iteration ? zx[k] + beta * old_x[k] : zx[k]; };
        auto next_y = [&](int k) { return iteration ? zy[k] + beta * old_y[k] : zy[k]; };
        float px = next_x(at), py = next_y(at), xy = plane[(size_t)XY * nodes];
        float qx = a * laplacian(next_x, columns, rows, column, row) + plane[(size_t)XX * nodes] * px + xy * py;
        float qy = a * laplacian(next_y, columns, rows, column, row) + xy * px + plane[(size_t)YY * nodes] * py;
        plane[(size_t)after * nodes] = px;
        plane[(size_t)(after + 1) * nodes] = py;
        plane[(size_t)QX * nodes] = qx;
        plane[(size_t)QY * nodes] = qy;
        pq = px * qx + py * qy;
    }
    pq = block_sum(pq);
    if (threadIdx.x == 0) product(products, 2 * iteration + 1)[blockIdx.x] = pq;
}

// Second half: along the direction to its minimum.
extern "C" __global__ void __launch_bounds__(256) register_advance(const int *still, float *system, float *products, int columns, int rows, int iteration) {
    int z = blockIdx.z, at = blockIdx.x * THREADS + threadIdx.x, nodes = columns * rows;
    if (still[z]) return;
    float rz = sum_of_blocks(product(products, 2 * iteration), gridDim.x);
    float pq = sum_of_blocks(product(products, 2 * iteration + 1), gridDim.x), left = 0.0f;
    if (!(rz <= SMALLEST_NORMAL) && !(pq <= SMALLEST_NORMAL) && at < nodes) {
        float *own = system + (size_t)z * PLANES * nodes, *plane = own + at;
        int direction = PX + 2 - 2 * (iteration % 2);
        float step = rz / pq;
        plane[(size_t)X * nodes] += step * plane[(size_t)direction * nodes];
        plane[(size_t)Y * nodes] += step * plane[(size_t)(direction + 1) * nodes];
        float rx = plane[(size_t)RX * nodes] - step * plane[(size_t)QX * nodes];
        float ry = plane[(size_t)RY * nodes] - step * plane[(size_t)QY * nodes];
        plane[(size_t)RX * nodes] = rx;
        plane[(size_t)RY * nodes] = ry;
        left = precondition(own, nodes, at, rx, ry);
    }
    left = block_sum(left);
    if (threadIdx.x == 0) product(products, 2 * iteration + 2)[blockIdx.x] = left;
}

// Adds the change to the field.
extern "C" __global__ void __launch_bounds__(256) register_move(float *fields, const float *system, const int *still, float *products, int columns, int rows) {
    int z = blockIdx.z, at = blockIdx.x * THREADS + threadIdx.x, nodes = columns * rows;
    if (still[z]) return;
    float change = 0.0f;
    if (at < nodes) {
        const float *plane = system + (size_t)z * PLANES * nodes + at;
        float x = plane[(size_t)X * nodes], y = plane[(size_t)Y * nodes];
        float *dx = fields + (size_t)z * 2 * nodes + at;
        dx[0] += x;
        dx[nodes] += y;
        change = x * x + y * y;
    }
    change = block_sum(change);
    if (threadIdx.x == 0) product(products, OF_CHANGE)[blockIdx.x] = change;
}

// Marks the frames whose last step was their last at this level. Grid: 1, 1, frames; `blocks` is the grid of the
// kernels before.
extern "C" __global__ void __launch_bounds__(256) register_settle(const float *products, int blocks, int nodes, int *still) {
    int z = blockIdx.z;
    if (still[z]) return;
    float change = sum_of_blocks(products + ((size_t)z * PRODUCTS + OF_CHANGE) * blocks, blocks);
    if (threadIdx.x == 0) still[z] = change < STILL * STILL * nodes;
}
