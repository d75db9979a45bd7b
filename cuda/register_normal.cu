// What the pixels tell about each node: the normal equations of src/registration/residual.rs, and how well a frame
// fits. Each node gathers from the 16 x 16 pixels around it, so nothing is added atomically and the result does
// not depend on the order of threads.
//
// Parity: sums and variance within 1e-4 of the largest (rounding only, where fields are equal).

#include "register.cuh"

// Sums of a node: of B gx², B gx gy, B gy², B gx e, B gy e, B gx, B gy and B e.
#define SUMS 8
// A block's cells across: as many pixels as half of its threads.
#define CELLS 32
// Its nodes: each takes its own cell and the three before.
#define NODES_ACROSS 29
#define NODES_DOWN 16
// Residuals are clipped at this many standard deviations.
#define CLIP 4.0f

// The terms of one pixel of whole cells; x and y are inside.
__device__ __forceinline__ void terms_at(const float *r, const float *w, int x, int y, int width, int height, int stride, float clip, float term[SUMS], float *squared) {
    int above = max(y - 1, 0), below = min(y + 1, height - 1);
    int rx = min(x, width - 1);
    // A quarter: half for the central difference, half for the mean of both pictures.
    float gy = 0.25f * ((r[(size_t)below * width + rx] + w[(size_t)below * stride + x]) - (r[(size_t)above * width + rx] + w[(size_t)above * stride + x]));
    r += (size_t)y * width;
    w += (size_t)y * stride;
    float gx = 0.0f;
    // At the border nothing is known.
    if (x > 0 && x < stride - 1) {
        gx = 0.25f * ((r[min(x + 1, width - 1)] + w[x + 1]) - (r[min(x - 1, width - 1)] + w[x - 1]));
    }
    float e = w[x] - r[rx];
    *squared = e * e;
    e = min(max(e, -clip), clip);
    term[0] = gx * gx;
    term[1] = gx * gy;
    term[2] = gy * gy;
    term[3] = gx * e;
    term[4] = gy * e;
    term[5] = gx;
    term[6] = gy;
    term[7] = e;
}

// Per frame SUMS planes of nodes in `sums`; per frame and block in `fit` the sums of |g|² e² and of |g|² over the
// block's own pixels. Grid: nodes / NODES_ACROSS, nodes / NODES_DOWN, frames.
extern "C" __global__ void __launch_bounds__(256) register_normal(const float *reference, const float *warped, const float *variance, const int *still, int first, float *sums, float *fit, int width, int height, int columns, int rows) {
    __shared__ float terms[2][SUMS][SPACING][CELLS];
    int z = blockIdx.z, thread = threadIdx.x, stride = (columns - 3) * SPACING;
    if (still[z]) return;
    float clip = first ? __int_as_float(0x7f800000) : CLIP * sqrtf(variance[z]);
    warped += (size_t)z * stride * height;
    int own_row = blockIdx.y * NODES_DOWN, own_cell = blockIdx.x * NODES_ACROSS;
    // As a pixel: which of two rows, cell and phase. As a node: which term.
    int half = thread / (CELLS * SPACING), pixel = thread % (CELLS * SPACING);
    int cell = own_cell - 3 + pixel / SPACING, x = cell * SPACING + pixel % SPACING;
    int sum = thread / NODES_ACROSS, node = thread % NODES_ACROSS, column = own_cell + node;
    float acc[4] = {0.0f, 0.0f, 0.0f, 0.0f}, weighted = 0.0f, total = 0.0f;
    int last = min(own_row + NODES_DOWN, rows);
    for (int row = own_row - 3; row < last; row++) {
        for (int pair = 0; pair < SPACING / 2; pair++) {
            int y = row * SPACING + pair * 2 + half;
            float term[SUMS], squared = 0.0f;
            for (int i = 0; i < SUMS; i++) term[i] = 0.0f;
            if (x >= 0 && x < stride && y >= 0 && y < height) {
                terms_at(reference, warped, x, y, width, height, stride, clip, term, &squared);
                if (row >= own_row && cell >= own_cell) {
                    float energy = term[0] + term[2];
                    total += energy;
                    weighted += energy * squared;
                }
            }
            for (int i = 0; i < SUMS; i++) terms[half][i][pixel % SPACING][pixel / SPACING] = term[i];
            __syncthreads();
            if (sum < SUMS) {
                for (int line = 0; line < 2; line++) {
                    float own = 0.0f, down[4];
#pragma unroll
                    for (int i = 0; i < 4; i++) {
                        // The node is the i-th of the four of its cell 3 - i.
                        float part = 0.0f;
#pragma unroll
                        for (int phase = 0; phase < SPACING; phase++) {
                            float w[4];
                            spline_at(phase, w);
                            part += w[i] * terms[line][sum][phase][node + 3 - i];
                        }
                        own += part;
                    }
                    spline_at(pair * 2 + line, down);
                    for (int j = 0; j < 4; j++) acc[j] += down[j] * own;
                }
            }
            __syncthreads();
        }
        // The first of its four rows of nodes waited only for this row of cells.
        if (sum < SUMS && row >= own_row && column < columns) {
            sums[((size_t)z * SUMS + sum) * columns * rows + row * columns + column] = acc[0];
        }
        acc[0] = acc[1];
        acc[1] = acc[2];
        acc[2] = acc[3];
        acc[3] = 0.0f;
    }
    weighted = block_sum(weighted);
    total = block_sum(total);
    if (thread == 0) {
        size_t block = (size_t)z * gridDim.x * gridDim.y + blockIdx.y * gridDim.x + blockIdx.x;
        fit[2 * block] = weighted;
        fit[2 * block + 1] = total;
    }
}

// The variance of each frame's residual, where there are gradients. Grid: frames, a thread for each.
extern "C" __global__ void __launch_bounds__(256) register_fit(const float *fit, const int *still, int blocks, int frames, float *variance) {
    int z = blockIdx.x * THREADS + threadIdx.x;
    if (z >= frames || still[z]) return;
    double weighted = 0.0, total = 0.0;
    fit += (size_t)z * 2 * blocks;
    for (int block = 0; block < blocks; block++) {
        weighted += fit[2 * block];
        total += fit[2 * block + 1];
    }
    variance[z] = total > 0.0 ? (float)(weighted / total) : 0.0f;
}

// Per node the sum of B e²: how badly the frame fits there. Grid: nodes / THREADS, 1, frames.
extern "C" __global__ void __launch_bounds__(256) register_misfit(const float *reference, const float *warped, float *misfit, int width, int height, int columns, int rows) {
    int at = blockIdx.x * THREADS + threadIdx.x, nodes = columns * rows, stride = (columns - 3) * SPACING;
    if (at >= nodes) return;
    int row = at / columns, column = at % columns;
    warped += (size_t)blockIdx.z * stride * height;
    float sum = 0.0f, down[4], across[4];
    for (int y = max((row - 3) * SPACING, 0); y < min((row + 1) * SPACING, height); y++) {
        float own = 0.0f;
        for (int x = max((column - 3) * SPACING, 0); x < min((column + 1) * SPACING, stride); x++) {
            float e = warped[(size_t)y * stride + x] - reference[(size_t)y * width + min(x, width - 1)];
            // Selected without an index, which would put the weights into memory.
            spline_at(x % SPACING, across);
            int i = column - x / SPACING;
            own += (i == 0 ? across[0] : i == 1 ? across[1] : i == 2 ? across[2] : across[3]) * (e * e);
        }
        spline_at(y % SPACING, down);
        int j = row - y / SPACING;
        sum += (j == 0 ? down[0] : j == 1 ? down[1] : j == 2 ? down[2] : down[3]) * own;
    }
    misfit[(size_t)blockIdx.z * nodes + at] = sum;
}
