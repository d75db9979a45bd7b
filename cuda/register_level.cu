// Pyramids of frames, as Pyramid::fill in src/registration/plane.rs: smoothed, halved again and again, and each
// level less its local mean. Grid: tiles of TILE_WIDTH x TILE_HEIGHT pixels of the level, frames in z; for
// register_block_means, one block of threads for each block of the mean.
//
// Parity: within 1e-4 gray levels at every pixel of every level (rounding; the block means are summed in another
// order).

#include "register.cuh"

// Side of the blocks whose means make up the local mean.
#define BLOCK 64

// [1 2 1]/4 in both directions. Frame z of the batch is frame which[z] of `frames`.
extern "C" __global__ void __launch_bounds__(256) register_smooth(const float *frames, const int *which, float *smooth, int width, int height) {
    int x = blockIdx.x * TILE_WIDTH + threadIdx.x % TILE_WIDTH;
    int y = blockIdx.y * TILE_HEIGHT + threadIdx.x / TILE_WIDTH;
    if (x >= width || y >= height) return;
    size_t pixels = (size_t)width * height;
    const float *frame = frames + which[blockIdx.z] * pixels;
    const float *above = frame + (size_t)max(y - 1, 0) * width;
    const float *here = frame + (size_t)y * width;
    const float *below = frame + (size_t)min(y + 1, height - 1) * width;
    float three[3];
    for (int i = 0; i < 3; i++) {
        int at = clamp(x + i - 1, 0, width - 1);
        three[i] = 0.25f * (above[at] + 2.0f * here[at] + below[at]);
    }
    smooth[blockIdx.z * pixels + (size_t)y * width + x] = 0.25f * (three[0] + 2.0f * three[1] + three[2]);
}

// [1 4 6 4 1]/16 in both directions at every other pixel. `width` and `height` are those of the finer level.
extern "C" __global__ void __launch_bounds__(256) register_halve(const float *finer, float *coarser, int width, int height) {
    int half_width = (width + 1) / 2, half_height = (height + 1) / 2;
    int x = blockIdx.x * TILE_WIDTH + threadIdx.x % TILE_WIDTH;
    int y = blockIdx.y * TILE_HEIGHT + threadIdx.x / TILE_WIDTH;
    if (x >= half_width || y >= half_height) return;
    const float *frame = finer + (size_t)blockIdx.z * width * height;
    float five[5];
    for (int i = 0; i < 5; i++) {
        int at = clamp(2 * x + i - 2, 0, width - 1);
        float line[5];
        for (int j = 0; j < 5; j++) line[j] = frame[(size_t)clamp(2 * y + j - 2, 0, height - 1) * width + at];
        five[i] = (line[0] + line[4] + 4.0f * (line[1] + line[3]) + 6.0f * line[2]) * (1.0f / 16.0f);
    }
    float value = (five[0] + five[4] + 4.0f * (five[1] + five[3]) + 6.0f * five[2]) * (1.0f / 16.0f);
    coarser[((size_t)blockIdx.z * half_height + y) * half_width + x] = value;
}

// Means of blocks of BLOCK x BLOCK pixels; those at the right and at the bottom may be smaller.
extern "C" __global__ void __launch_bounds__(256) register_block_means(const float *smooth, float *means, int width, int height) {
    const float *frame = smooth + (size_t)blockIdx.z * width * height;
    int left = blockIdx.x * BLOCK, top = blockIdx.y * BLOCK;
    int x = left + threadIdx.x % BLOCK, bottom = min(top + BLOCK, height);
    float sum = 0.0f;
    if (x < width)
        for (int y = top + threadIdx.x / BLOCK; y < bottom; y += THREADS / BLOCK) sum += frame[(size_t)y * width + x];
    sum = block_sum(sum) / ((min(left + BLOCK, width) - left) * (bottom - top));
    if (threadIdx.x == 0) means[(blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x] = sum;
}

// The two blocks whose centers are around a pixel, and how far it is toward the second.
__device__ __forceinline__ float blocks_around(int at, int count, int *first, int *second) {
    float place = (at + 0.5f) / BLOCK - 0.5f;
    *first = min((int)max(floorf(place), 0.0f), count - 1);
    *second = min(*first + 1, count - 1);
    return min(max(place - *first, 0.0f), 1.0f);
}

// Subtracts the block means, interpolated between the blocks' centers, in place.
extern "C" __global__ void __launch_bounds__(256) register_less_mean(float *level, const float *means, int width, int height) {
    int x = blockIdx.x * TILE_WIDTH + threadIdx.x % TILE_WIDTH;
    int y = blockIdx.y * TILE_HEIGHT + threadIdx.x / TILE_WIDTH;
    if (x >= width || y >= height) return;
    int columns = (width + BLOCK - 1) / BLOCK, rows = (height + BLOCK - 1) / BLOCK;
    means += (size_t)blockIdx.z * columns * rows;
    int above, below, left, right;
    float down = blocks_around(y, rows, &above, &below), across = blocks_around(x, columns, &left, &right);
    float from = means[above * columns + left] * (1.0f - down) + means[below * columns + left] * down;
    float to = means[above * columns + right] * (1.0f - down) + means[below * columns + right] * down;
    level[((size_t)blockIdx.z * height + y) * width + x] -= from + (to - from) * across;
}
