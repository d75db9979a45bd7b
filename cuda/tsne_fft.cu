// The convolution of the grid of t-SNE with the kernel's spline, in the Fourier domain: rows forward, then columns
// forward, times the spectrum and back in one pass, then rows back. The CPU's version is `convolve` in
// crates/manifold/src/embed/tsne/spline.rs.
//
// Lines are transformed in shared memory, in place: forward by decimation in frequency (natural order in, digits of
// the position reversed out), back by the same stages in reverse, so nothing needs sorting. Lengths
// are even products of 2, 3 and 5. `roots`: exp(-2 pi i k / length); `places`: where frequency k is after the
// forward stages. Two real rows are one complex line. Only rows and columns that hold something are touched: width
// x height nodes, and length / 2 + 1 frequencies of each row.
//
// Parity: rounding in 32 bits, as on the CPU; tsne_gather states what is left of it.
#include "tsne.cuh"

__device__ __forceinline__ float2 operator+(float2 a, float2 b) { return make_float2(a.x + b.x, a.y + b.y); }
__device__ __forceinline__ float2 operator-(float2 a, float2 b) { return make_float2(a.x - b.x, a.y - b.y); }
__device__ __forceinline__ float2 operator*(float s, float2 a) { return make_float2(s * a.x, s * a.y); }
__device__ __forceinline__ float2 operator*(float2 a, float2 b) {
    return make_float2(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x);
}
__device__ __forceinline__ float2 conjugate(float2 a) { return make_float2(a.x, -a.y); }

// Times i on the way back, -i on the way forward.
template <bool BACK> __device__ __forceinline__ float2 turned(float2 a) {
    return BACK ? make_float2(-a.y, a.x) : make_float2(a.y, -a.x);
}

// The transform of R numbers.
template <int R, bool BACK> __device__ __forceinline__ void butterfly(float2 *v) {
    if (R == 2) {
        float2 sum = v[0] + v[1];
        v[1] = v[0] - v[1];
        v[0] = sum;
    } else if (R == 3) {
        float2 sum = v[1] + v[2], middle = v[0] - 0.5f * sum;
        float2 side = turned<BACK>(0.866025404f * (v[1] - v[2]));
        v[0] = v[0] + sum;
        v[1] = middle + side;
        v[2] = middle - side;
    } else if (R == 4) {
        float2 even = v[0] + v[2], odd = v[1] + v[3], middle = v[0] - v[2], side = turned<BACK>(v[1] - v[3]);
        v[0] = even + odd;
        v[1] = middle + side;
        v[2] = even - odd;
        v[3] = middle - side;
    } else {
        // Cosines and sines of 72 and 144 degrees.
        const float c1 = 0.309016994f, c2 = -0.809016994f, s1 = 0.951056516f, s2 = 0.587785252f;
        float2 sum1 = v[1] + v[4], sum2 = v[2] + v[3], difference1 = v[1] - v[4], difference2 = v[2] - v[3];
        float2 middle1 = v[0] + c1 * sum1 + c2 * sum2, middle2 = v[0] + c2 * sum1 + c1 * sum2;
        float2 side1 = turned<BACK>(s1 * difference1 + s2 * difference2);
        float2 side2 = turned<BACK>(s2 * difference1 - s1 * difference2);
        v[0] = v[0] + sum1 + sum2;
        v[1] = middle1 + side1;
        v[2] = middle2 + side2;
        v[3] = middle2 - side2;
        v[4] = middle1 - side1;
    }
}

// `count` lines of `length` numbers, `pitch` from line to line.
struct Lines {
    float2 *numbers;
    int count, length, pitch;
    const float2 *roots;
};

// All blocks of `size` numbers of all lines: butterflies of numbers size / R apart, and their twiddles.
template <int R, bool BACK> __device__ __forceinline__ void stage(const Lines &lines, int size) {
    unsigned apart = size / R, butterflies = lines.length / R;
    int step = lines.length / size;
    for (unsigned at = threadIdx.x; at < lines.count * butterflies; at += blockDim.x) {
        unsigned line = at / butterflies, within = at % butterflies, block = within / apart, k = within % apart;
        float2 *numbers = lines.numbers + line * lines.pitch + block * size + k, v[R];
#pragma unroll
        for (int r = 0; r < R; r++) {
            v[r] = numbers[r * apart];
            if (BACK && r > 0) v[r] = v[r] * conjugate(lines.roots[r * k * step]);
        }
        butterfly<R, BACK>(v);
#pragma unroll
        for (int r = 0; r < R; r++) {
            if (!BACK && r > 0) v[r] = v[r] * lines.roots[r * k * step];
            numbers[r * apart] = v[r];
        }
    }
    __syncthreads();
}

template <bool BACK> __device__ __forceinline__ void stage_of(const Lines &lines, int radix, int size) {
    if (radix == 4)
        stage<4, BACK>(lines, size);
    else if (radix == 2)
        stage<2, BACK>(lines, size);
    else if (radix == 3)
        stage<3, BACK>(lines, size);
    else
        stage<5, BACK>(lines, size);
}

// Fours first, then a two, threes, fives: the last, of neighbors, are odd and share no bank of shared memory.
__device__ __forceinline__ void forward(const Lines &lines) {
    for (int size = lines.length, radix; size > 1; size /= radix) {
        radix = size % 4 == 0 ? 4 : size % 2 == 0 ? 2 : size % 3 == 0 ? 3 : 5;
        stage_of<false>(lines, radix, size);
    }
}

__device__ __forceinline__ void back(const Lines &lines) {
    for (int done = 1, radix; done < lines.length; done *= radix) {
        int rest = lines.length / done;
        // A power of two that is not a power of four still has its two.
        radix = rest % 5 == 0 ? 5 : rest % 3 == 0 ? 3 : __ffs(rest) % 2 == 0 ? 2 : 4;
        stage_of<true>(lines, radix, done * radix);
    }
}

// One block for two rows. `nodes`: `copies` grids in fixed point, which are added up and made zero again.
// `spectra`: length / 2 + 1 frequencies of each row.
extern "C" __global__ void __launch_bounds__(256) tsne_rows_forward(u64 *nodes, int copies, int width, int height, int length, const float2 *roots, const u32 *places, float2 *spectra, const u32 *counts) {
    SHARED_MEMORY(float2, line);
    if (counts[0]) return;
    int row = 2 * blockIdx.x, half = length / 2 + 1;
    bool two = row + 1 < height;
    for (int x = threadIdx.x; x < length; x += blockDim.x) {
        i64 first = 0, second = 0;
        for (int copy = 0; copy < copies && x < width; copy++) {
            u64 *node = nodes + ((u64)copy * height + row) * width + x;
            first += (i64)node[0];
            node[0] = 0;
            if (!two) continue;
            second += (i64)node[width];
            node[width] = 0;
        }
        const float unit = 1.0f / 4294967296.0f;
        line[x] = make_float2((float)first * unit, (float)second * unit);
    }
    __syncthreads();
    forward(Lines{line, 1, length, length, roots});
    for (int k = threadIdx.x; k < half; k += blockDim.x) {
        float2 here = line[places[k]], there = conjugate(line[places[k == 0 ? 0 : length - k]]);
        float2 difference = here - there;
        spectra[(u64)row * half + k] = 0.5f * (here + there);
        if (two) spectra[(u64)(row + 1) * half + k] = make_float2(0.5f * difference.y, -0.5f * difference.x);
    }
}

// One block for `tile` columns, which are read and written together: of whole sectors of the memory where the tile has
// four. `kernel`: its spectrum over the number of nodes, column by column, each in the order of the stages.
extern "C" __global__ void __launch_bounds__(256) tsne_columns(float2 *spectra, int half, int height, int length, int tile, const float2 *roots, const float *kernel, const u32 *counts) {
    SHARED_MEMORY(float2, columns);
    if (counts[0]) return;
    int first = blockIdx.x * tile, count = min(tile, half - first), pitch = length + 1;
    for (int at = threadIdx.x; at < length * count; at += blockDim.x) {
        int y = at / count, column = at % count;
        columns[column * pitch + y] = y < height ? spectra[(u64)y * half + first + column] : make_float2(0, 0);
    }
    __syncthreads();
    Lines lines = {columns, count, length, pitch, roots};
    forward(lines);
    for (int column = 0; column < count; column++)
        for (int at = threadIdx.x; at < length; at += blockDim.x)
            columns[column * pitch + at] = kernel[(u64)(first + column) * length + at] * columns[column * pitch + at];
    __syncthreads();
    back(lines);
    for (int at = threadIdx.x; at < height * count; at += blockDim.x) {
        int y = at / count, column = at % count;
        spectra[(u64)y * half + first + column] = columns[column * pitch + y];
    }
}

// One block for two rows. `field`: the potential at the nodes, width x height.
extern "C" __global__ void __launch_bounds__(256) tsne_rows_back(const float2 *spectra, int width, int height, int length, const float2 *roots, const u32 *places, float *field, const u32 *counts) {
    SHARED_MEMORY(float2, line);
    if (counts[0]) return;
    int row = 2 * blockIdx.x, half = length / 2 + 1;
    bool two = row + 1 < height;
    for (int k = threadIdx.x; k < half; k += blockDim.x) {
        float2 first = spectra[(u64)row * half + k], second = make_float2(0, 0);
        if (two) second = spectra[(u64)(row + 1) * half + k];
        if (k == 0 || 2 * k == length) {
            // Of real rows; rounding must not make them complex.
            line[places[k]] = make_float2(first.x, second.x);
            continue;
        }
        line[places[k]] = make_float2(first.x - second.y, first.y + second.x);
        line[places[length - k]] = make_float2(first.x + second.y, second.x - first.y);
    }
    __syncthreads();
    back(Lines{line, 1, length, length, roots});
    for (int x = threadIdx.x; x < width; x += blockDim.x) {
        field[(u64)row * width + x] = line[x].x;
        if (two) field[(u64)(row + 1) * width + x] = line[x].y;
    }
}
