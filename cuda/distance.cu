// The k nearest frames of each frame at many windows of a band, from the squared distances of their patches.
//
// With m pixels in a window and samples less the middle of their range a', b' (sums and products of
// integers, exact):
//   plain D²(a, b) = Σ a'² + Σ b'² - 2 Σ a' b'; leveled D²(a, b) = m (that) - (Σ a' - Σ b')².
// Parity: the neighbors and their distances equal distance/reference.rs bit for bit, for 8 and 16 bits, any
// window, step and number of frames; the length of an edge, max(1, round(unit · sqrt(D² / divisor))) in
// double precision, likewise. Ties go to the lower frame.
//
// Samples are packed first: words of 4 pixels (signed bytes) of one row of cells, the same word of all
// frames side by side, [word][frame], frames rounded up to TILE_FRAMES and zero beyond the last. Windows are
// whole runs of words in each of their rows. 16-bit samples are two planes, high and low bytes:
// a' = 256 h + l. Products go through the tensor cores; each window's are computed anew, because
// loading the sums that neighboring windows share would take longer than the products.
#include "mma.cuh"

// Frames i and j of a tile, and words that are multiplied at a time.
#define TILE_I 64
#define TILE_J(PLANES) (PLANES == 1 ? 128 : 64)
#define CHUNK(PLANES) (16 / PLANES)
#define PAD 8
#define LIST 32

// Where words lie: `words` to a row of pixels; word w holds `count[w]` pixels from column `start[w]` on.
//
// samples: [frames][height][width], of 1 or 2 bytes. packed: [plane][height][words][padded].
// Grid: (ceil(words / 32), ceil(padded / 32), height), 256 threads.
template <int PLANES, typename Sample>
__device__ void pack(const Sample *samples, int frames, int width, int height, const int *start, const int *count,
                     int words, int padded, u32 *packed) {
    __shared__ u32 tile[PLANES][32][33];
    int lane = threadIdx.x % 32, row = threadIdx.x / 32, y = blockIdx.z;
    int word = blockIdx.x * 32 + lane;
    for (int f = row; f < 32; f += 8) {
        int frame = blockIdx.y * 32 + f;
        u32 bytes[PLANES] = {};
        if (frame < frames && word < words) {
            const Sample *pixels = samples + ((size_t)frame * height + y) * width + start[word];
            for (int p = 0; p < count[word]; p++) {
                u32 sample = pixels[p];
                if (PLANES == 2) bytes[PLANES - 1] |= ((sample & 255) ^ 128) << 8 * p;
                bytes[0] |= ((PLANES == 2 ? sample >> 8 : sample) ^ 128) << 8 * p;
            }
        }
        for (int plane = 0; plane < PLANES; plane++) tile[plane][f][lane] = bytes[plane];
    }
    __syncthreads();
    for (int w = row; w < 32; w += 8) {
        int to = blockIdx.x * 32 + w, frame = blockIdx.y * 32 + lane;
        if (to >= words || frame >= padded) continue;
        for (int plane = 0; plane < PLANES; plane++)
            packed[(((size_t)plane * height + y) * words + to) * padded + frame] = tile[plane][lane][w];
    }
}

extern "C" __global__ void __launch_bounds__(256) distance_pack_u8(const u8 *samples, int frames, int width, int height, const int *start, const int *count, int words, int padded, u32 *packed) {
    pack<1>(samples, frames, width, height, start, count, words, padded, packed);
}

extern "C" __global__ void __launch_bounds__(256) distance_pack_u16(const u16 *samples, int frames, int width, int height, const int *start, const int *count, int words, int padded, u32 *packed) {
    pack<2>(samples, frames, width, height, start, count, words, padded, packed);
}

// A window: its words in each of its rows, and its first row. `across` and `down` are per column and per row
// of windows; window number = row · columns + column.
struct Window {
    const u32 *first;
    int words, total;
    size_t row;

    __device__ Window(const u32 *packed, const int2 *across, const int *down, int columns, int side, int words_of_row,
                      int padded, int window) {
        int2 run = across[window % columns];
        words = run.y;
        total = side * words;
        row = (size_t)words_of_row * padded;
        first = packed + down[window / columns] * row + (size_t)run.x * padded;
    }
    // Word number k of the window, of all frames.
    __device__ const u32 *word(int k, int padded) const {
        return first + (k / words) * row + (size_t)(k % words) * padded;
    }
};

// Σ a'² and Σ a' of each frame at each window: norms and sums, [window][padded].
// Grid: (ceil(padded / 128), windows), 128 threads. `planes` are `plane` words apart.
extern "C" __global__ void __launch_bounds__(128) distance_norms(const u32 *packed, int planes, u64 plane, const int2 *across, const int *down, int columns, int side, int words_of_row, int padded, u64 *norms, i64 *sums) {
    int frame = blockIdx.x * 128 + threadIdx.x;
    if (frame >= padded) return;
    Window window(packed, across, down, columns, side, words_of_row, padded, blockIdx.y);
    // Of 255² pixels of 2^14 each: below 2^31.
    int high = 0, mixed = 0, low = 0, sum_high = 0, sum_low = 0;
    for (int k = 0; k < window.total; k++) {
        int h = window.word(k, padded)[frame];
        high = add_bytes(h, h, high);
        sum_high = add_bytes(h, 0x01010101, sum_high);
        if (planes == 2) {
            int l = window.word(k, padded)[plane + frame];
            mixed = add_bytes(h, l, mixed);
            low = add_bytes(l, l, low);
            sum_low = add_bytes(l, 0x01010101, sum_low);
        }
    }
    size_t at = (size_t)blockIdx.y * padded + frame;
    norms[at] = planes == 2 ? 65536 * (i64)high + 512 * (i64)mixed + low : high;
    sums[at] = planes == 2 ? 256 * (i64)sum_high + sum_low : sum_high;
}

// The nearest so far of one row, sorted by (value, frame), entry e in lane e.
struct List {
    u64 value;
    u32 frame;

    // Inserts candidates of the lanes of `votes`, in the order of the lanes, which is that of frames.
    __device__ void insert(u32 votes, u64 candidate, u32 first, int k, u64 &limit) {
        int lane = threadIdx.x % 32;
        while (votes) {
            int from = __ffs(votes) - 1;
            u64 offered = __shfl_sync(ALL_LANES, candidate, from);
            // Equals that are already there have a lower frame.
            int place = __popc(__ballot_sync(ALL_LANES, value <= offered));
            u64 value_before = __shfl_up_sync(ALL_LANES, value, 1);
            u32 frame_before = __shfl_up_sync(ALL_LANES, frame, 1);
            if (lane > place) value = value_before, frame = frame_before;
            if (lane == place) value = offered, frame = first + from;
            limit = __shfl_sync(ALL_LANES, value, k - 1);
            votes &= votes - 1;
            votes &= __ballot_sync(ALL_LANES, candidate < limit);
        }
    }
};

// Products of a tile: accumulators by plane pairs (high·high, mixed, low·low).
template <int PLANES> struct Products {
    static const int PAIRS = PLANES == 1 ? 1 : 3;
    // A warp's part is 32 frames i by this many frames j.
    static const int ACROSS = TILE_J(PLANES) / 4;
    static const int DOWN_TILES = 32 / TILE_ROWS, ACROSS_TILES = ACROSS / 8;
    int acc[PAIRS][DOWN_TILES][ACROSS_TILES][TILE_C];

    __device__ void clear() {
#pragma unroll
        for (int p = 0; p < PAIRS; p++)
#pragma unroll
            for (int d = 0; d < DOWN_TILES; d++)
#pragma unroll
                for (int a = 0; a < ACROSS_TILES; a++)
#pragma unroll
                    for (int c = 0; c < TILE_C; c++) acc[p][d][a][c] = 0;
    }

    // Multiplies a chunk of words that lies in shared memory.
    __device__ void add(const u32 (*of_i)[CHUNK(PLANES)][TILE_I + PAD], const u32 (*of_j)[CHUNK(PLANES)][TILE_J(PLANES) + PAD], int i0, int j0) {
        int g = threadIdx.x % 32 / 4, t = threadIdx.x % 4;
#pragma unroll
        for (int k = 0; k < CHUNK(PLANES); k += TILE_DEPTH / 4) {
            int a[PLANES][DOWN_TILES][TILE_A], b[PLANES][ACROSS_TILES][TILE_B];
#pragma unroll
            for (int plane = 0; plane < PLANES; plane++) {
#pragma unroll
                for (int d = 0; d < DOWN_TILES; d++)
#pragma unroll
                    for (int r = 0; r < TILE_A; r++)
                        a[plane][d][r] = of_i[plane][k + t + r / 2 * 4][i0 + d * TILE_ROWS + g + r % 2 * 8];
#pragma unroll
                for (int c = 0; c < ACROSS_TILES; c++)
#pragma unroll
                    for (int r = 0; r < TILE_B; r++) b[plane][c][r] = of_j[plane][k + t + r * 4][j0 + c * 8 + g];
            }
#pragma unroll
            for (int d = 0; d < DOWN_TILES; d++)
#pragma unroll
                for (int c = 0; c < ACROSS_TILES; c++) {
                    multiply_tile(acc[0][d][c], a[0][d], b[0][c]);
                    if (PLANES == 2) {
                        multiply_tile(acc[PAIRS / 2][d][c], a[0][d], b[PLANES - 1][c]);
                        multiply_tile(acc[PAIRS / 2][d][c], a[PLANES - 1][d], b[0][c]);
                        multiply_tile(acc[PAIRS - 1][d][c], a[PLANES - 1][d], b[PLANES - 1][c]);
                    }
                }
        }
    }

    // Writes Σ a' b' of the warp's part.
    template <typename Dot> __device__ void store(Dot (*dots)[TILE_J(PLANES)], int i0, int j0) {
        int g = threadIdx.x % 32 / 4, t = threadIdx.x % 4;
#pragma unroll
        for (int d = 0; d < DOWN_TILES; d++)
#pragma unroll
            for (int a = 0; a < ACROSS_TILES; a++)
#pragma unroll
                for (int c = 0; c < TILE_C; c++) {
                    Dot dot = acc[0][d][a][c];
                    if (PLANES == 2) dot = 65536 * dot + 256 * (Dot)acc[PAIRS / 2][d][a][c] + acc[PAIRS - 1][d][a][c];
                    dots[i0 + d * TILE_ROWS + g + c / 2 * 8][j0 + a * 8 + 2 * t + c % 2] = dot;
                }
    }
};

// Copies CHUNK words from number `k` on of FRAMES frames from `first` on; words beyond the window are zero.
template <int PLANES, int FRAMES>
__device__ void load(u32 (*to)[CHUNK(PLANES)][FRAMES + PAD], const Window &window, u64 plane, int k, int first, int padded) {
    for (int at = threadIdx.x; at < CHUNK(PLANES) * FRAMES / 4; at += 256) {
        int word = at / (FRAMES / 4), frame = at % (FRAMES / 4) * 4;
        bool inside = k + word < window.total && first + frame < padded;
        const u32 *from = window.word(min(k + word, window.total - 1), padded) + first + frame;
#pragma unroll
        for (int p = 0; p < PLANES; p++) {
            uint4 four = inside ? *(const uint4 *)(from + p * plane) : make_uint4(0, 0, 0, 0);
            *(uint4 *)&to[p][word][frame] = four;
        }
    }
}

// indices and lengths: [window][frames][k], nearest first. k is 1 ..= LIST and below `frames`.
// pixels: m if the patches' means are subtracted, else 0. Grid: (ceil(frames / TILE_I), windows), 256 threads.
template <int PLANES, typename Dot>
__device__ void nearest(const u32 *packed, u64 plane, const int2 *across, const int *down, int columns, int side,
                        int words_of_row, int padded, const u64 *norms, const i64 *sums, int frames, int k,
                        u32 pixels, double unit, u32 *indices, u32 *lengths) {
    const int WIDE = TILE_J(PLANES), ROWS = TILE_I / 8;
    __shared__ __align__(16) u32 of_i[PLANES][CHUNK(PLANES)][TILE_I + PAD], of_j[PLANES][CHUNK(PLANES)][WIDE + PAD];
    __shared__ Dot dots[TILE_I][WIDE];
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    int first_i = blockIdx.x * TILE_I;
    Window window(packed, across, down, columns, side, words_of_row, padded, blockIdx.y);
    const u64 *norm = norms + (size_t)blockIdx.y * padded;
    const i64 *sum = sums + (size_t)blockIdx.y * padded;
    List lists[ROWS];
    u64 limits[ROWS];
#pragma unroll
    for (int r = 0; r < ROWS; r++) lists[r].value = limits[r] = ~0ull, lists[r].frame = ~0u;
    for (int first_j = 0; first_j < frames; first_j += WIDE) {
        Products<PLANES> products;
        products.clear();
        for (int at = 0; at < window.total; at += CHUNK(PLANES)) {
            __syncthreads();
            load<PLANES, TILE_I>(of_i, window, plane, at, first_i, padded);
            load<PLANES, WIDE>(of_j, window, plane, at, first_j, padded);
            __syncthreads();
            products.add(of_i, of_j, warp % 2 * 32, warp / 2 * Products<PLANES>::ACROSS);
        }
        // The last tile's distances were read before the barriers above.
        products.store(dots, warp % 2 * 32, warp / 2 * Products<PLANES>::ACROSS);
        __syncthreads();
        for (int c = 0; c < WIDE; c += 32) {
            int j = first_j + c + lane;
            bool there = j < frames;
            u64 norm_j = there ? norm[j] : 0;
            i64 sum_j = there ? sum[j] : 0;
#pragma unroll
            for (int r = 0; r < ROWS; r++) {
                int row = warp * ROWS + r, i = first_i + row;
                if (i >= frames) continue;
                u64 squared = norm[i] + norm_j - 2 * (i64)dots[row][c + lane];
                if (pixels) {
                    i64 lighter = sum[i] - sum_j;
                    squared = pixels * squared - (u64)(lighter * lighter);
                }
                bool offered = there && j != i && squared < limits[r];
                u32 votes = __ballot_sync(ALL_LANES, offered);
                if (votes) lists[r].insert(votes, offered ? squared : ~0ull, first_j + c, k, limits[r]);
            }
        }
    }
    double divisor = pixels ? pixels : 1;
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        int i = first_i + warp * ROWS + r;
        if (i >= frames || lane >= k) continue;
        size_t at = ((size_t)blockIdx.y * frames + i) * k + lane;
        double length = round(__dsqrt_rn(__ddiv_rn((double)lists[r].value, divisor)) * unit);
        indices[at] = lists[r].frame;
        lengths[at] = max((u32)length, 1u);
    }
}

extern "C" __global__ void __launch_bounds__(256, 2) distance_nearest_u8(const u32 *packed, u64 plane, const int2 *across, const int *down, int columns, int side, int words_of_row, int padded, const u64 *norms, const i64 *sums, int frames, int k, u32 pixels, double unit, u32 *indices, u32 *lengths) {
    nearest<1, int>(packed, plane, across, down, columns, side, words_of_row, padded, norms, sums, frames, k, pixels, unit, indices, lengths);
}

extern "C" __global__ void __launch_bounds__(256) distance_nearest_u16(const u32 *packed, u64 plane, const int2 *across, const int *down, int columns, int side, int words_of_row, int padded, const u64 *norms, const i64 *sums, int frames, int k, u32 pixels, double unit, u32 *indices, u32 *lengths) {
    nearest<2, i64>(packed, plane, across, down, columns, side, words_of_row, padded, norms, sums, frames, k, pixels, unit, indices, lengths);
}
