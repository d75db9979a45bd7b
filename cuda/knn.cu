// The k nearest neighbors of queries among points: lower bounds of all distances in 32 bits, a shortlist
// for each query, its exact distances in 64 bits, and a proof that nothing else can belong to the list.
//
// Symbols. x: rows of d numbers. z = fl(x - m): the same without a common shift m, as 32-bit floats, with
// zeros to a width that is a multiple of 8. u = 2^-24, gamma_n = n u / (1 - n u), N = |z_a|² + |z_b|².
//
// Bound. weight_b = fl((1 - g) |z_b|²), key_ab = fl(weight_b - 2 fl(z_a·z_b)). Then with g = gamma_(d+16)
//     weight_a + key_ab - least <= squared(x_a, x_b),   least = (d + 4) 2^-147 for what underflows,
// since |x_a - x_b|² = |z_a - z_b|² in exact arithmetic, and
//     the product errs by gamma_d |z_a||z_b| <= gamma_d N / 2, in any order, with products rounded or not
//     (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1),
//     the key by u (|z_b|² + 2 |z_a||z_b|) (1 + gamma_d) <= 2.1 u N, the weights by 1.1 u N,
//     the shift by 2 |z_a - z_b| u (|z_a| + |z_b|) <= 4.1 u N, and the sum in 64 bits by less than 0.1 u N,
// in all by less than (gamma_d + 8 u) N < g N. Nothing overflows: |x| <= 1e16, d <= 2^17.
//
// Parity: `knn_measure` gives the bits of `squared` in crates/manifold/src/knn/measure.rs; lists that `knn_rank` calls
// proven equal those of `knn::reference` bit for bit.
#include "types.cuh"

#define TILE 128
#define STEP 8
// Rows of a tile lie this far apart in shared memory: stores by columns have no bank conflicts.
#define PITCH (TILE + 4)
#define NOTHING 0xffffffffffffffffull

// Numbers in the order of floats, for those that are not NaN.
__device__ __forceinline__ u32 ordered(float key) {
    u32 bits = __float_as_uint(key);
    return bits ^ (bits >> 31 ? 0xffffffffu : 0x80000000u);
}

__device__ __forceinline__ float key_of(u64 entry) {
    u32 bits = (u32)(entry >> 32);
    return __uint_as_float(bits ^ (bits >> 31 ? 0x80000000u : 0xffffffffu));
}

// x: rows x d; mean: d -> centered: rows x width, weights: rows. keep = 1 - g.
// A warp to a row; the squares are summed in 64 bits.
extern "C" __global__ void __launch_bounds__(128) knn_center(const float *x, const double *mean, float *centered, float *weights, int rows, int d, int width, double keep) {
    int row = blockIdx.x * 4 + threadIdx.x / 32, lane = threadIdx.x % 32;
    if (row >= rows) return;
    double sum = 0.0;
    for (int at = lane; at < width; at += 32) {
        float z = at < d ? (float)((double)x[(i64)row * d + at] - mean[at]) : 0.0f;
        centered[(i64)row * width + at] = z;
        sum += (double)z * (double)z;
    }
    for (int with = 16; with > 0; with /= 2) sum += __shfl_xor_sync(ALL_LANES, sum, with);
    if (lane == 0) weights[row] = (float)(sum * keep);
}

// A tile of 128 rows loaded from memory: each thread holds 4 numbers of one row.
__device__ __forceinline__ float4 fetch(const float *from, i64 row, int width, int step) {
    return *(const float4 *)(from + row * width + step * STEP + threadIdx.x % 2 * 4);
}

__device__ __forceinline__ void put(float (*tile)[PITCH], float4 value) {
    int row = threadIdx.x / 2, at = threadIdx.x % 2 * 4;
    tile[at][row] = value.x;
    tile[at + 1][row] = value.y;
    tile[at + 2][row] = value.z;
    tile[at + 3][row] = value.w;
}

// The 8 numbers of a thread: 4 at `at` in each half of the tile.
__device__ __forceinline__ void take(const float *row, int at, float *out) {
    float4 low = *(const float4 *)(row + 4 * at), high = *(const float4 *)(row + TILE / 2 + 4 * at);
    out[0] = low.x, out[1] = low.y, out[2] = low.z, out[3] = low.w;
    out[4] = high.x, out[5] = high.y, out[6] = high.z, out[7] = high.w;
}

__device__ __forceinline__ void multiply(const float (*a)[PITCH], const float (*b)[PITCH], float (*sums)[8]) {
    int ty = threadIdx.x / 16, tx = threadIdx.x % 16;
#pragma unroll
    for (int at = 0; at < STEP; at++) {
        float of_a[8], of_b[8];
        take(a[at], ty, of_a);
        take(b[at], tx, of_b);
#pragma unroll
        for (int i = 0; i < 8; i++)
#pragma unroll
            for (int j = 0; j < 8; j++) sums[i][j] += of_a[i] * of_b[j];
    }
}

// queries: rows x width, points: columns x width, weights: columns (all of them centered) -> keys: rows x stride,
// stride >= columns a multiple of 128; entries beyond the columns are meaningless.
// Grid: tiles of queries, tiles of points (so that blocks that run together share tiles); a thread makes 8 x 8.
extern "C" __global__ void __launch_bounds__(256, 2) knn_keys(const float *queries, const float *points, const float *weights, float *keys, int rows, int columns, int width, int stride) {
    alignas(16) __shared__ float a[2][STEP][PITCH], b[2][STEP][PITCH];
    int first_row = blockIdx.x * TILE, first_column = blockIdx.y * TILE;
    // Past the end the last row is repeated; nothing reads its result.
    i64 row = min(first_row + (int)threadIdx.x / 2, rows - 1), column = min(first_column + (int)threadIdx.x / 2, columns - 1);
    float sums[8][8] = {};
    put(a[0], fetch(queries, row, width, 0));
    put(b[0], fetch(points, column, width, 0));
    __syncthreads();
    int steps = width / STEP;
    for (int step = 0; step < steps; step++) {
        int now = step % 2, next = min(step + 1, steps - 1);
        float4 of_a = fetch(queries, row, width, next), of_b = fetch(points, column, width, next);
        multiply(a[now], b[now], sums);
        put(a[1 - now], of_a);
        put(b[1 - now], of_b);
        __syncthreads();
    }
    int ty = threadIdx.x / 16, tx = threadIdx.x % 16;
#pragma unroll
    for (int half = 0; half < 2; half++) {
        int at = first_column + half * (TILE / 2) + 4 * tx;
        float weight[4];
#pragma unroll
        for (int j = 0; j < 4; j++) weight[j] = weights[min(at + j, columns - 1)];
#pragma unroll
        for (int i = 0; i < 8; i++) {
            int to = first_row + i / 4 * (TILE / 2) + 4 * ty + i % 4;
            const float *sum = sums[i] + 4 * half;
            // Doubling is exact: one rounding, whether or not the two are fused.
            float4 key = make_float4(weight[0] - 2.0f * sum[0], weight[1] - 2.0f * sum[1], weight[2] - 2.0f * sum[2], weight[3] - 2.0f * sum[3]);
            if (to < rows) *(float4 *)(keys + (i64)to * stride + at) = key;
        }
    }
}

// Sorts `room` entries (a power of two, at least 64), by one warp: Batcher's bitonic network.
__device__ __forceinline__ void sort(u64 *entries, int room) {
    int lane = threadIdx.x % 32;
    for (int size = 2; size <= room; size *= 2)
        for (int apart = size / 2; apart > 0; apart /= 2) {
            __syncwarp();
            for (int pair = lane; pair < room / 2; pair += 32) {
                int low = 2 * pair - pair % apart, high = low + apart;
                u64 first = entries[low], second = entries[high];
                if ((first > second) == !(low & size)) entries[low] = second, entries[high] = first;
            }
        }
    __syncwarp();
}

// A warp's entries: the nearest `most` so far, then newer ones.
struct Shortlist {
    u64 *entries;
    int room, most, count;
    // Keys from this on are of no use.
    float limit;
};

__device__ __forceinline__ void shrink(Shortlist &list) {
    for (int at = list.count + threadIdx.x % 32; at < list.room; at += 32) list.entries[at] = NOTHING;
    sort(list.entries, list.room);
    list.count = min(list.count, list.most);
    if (list.count == list.most) list.limit = key_of(list.entries[list.most - 1]);
    __syncwarp();
}

__device__ __forceinline__ void offer(Shortlist &list, float key, u32 index, bool counts) {
    if (list.count + 32 > list.room) shrink(list);
    bool near = counts && key < list.limit;
    u32 votes = __ballot_sync(ALL_LANES, near);
    u32 before = (1u << threadIdx.x % 32) - 1;
    if (near) list.entries[list.count + __popc(votes & before)] = (u64)ordered(key) << 32 | index;
    list.count += __popc(votes);
}

// keys: rows x stride, of the points first .. first + columns -> lists: rows x most, to which the nearest of them are added,
// ascending (first = 0 begins them); an entry is the key in the order of integers, then the point's index; unused ones are NOTHING.
// Point own + row is left out (own < 0: none is). A warp to a query, with `room` entries of shared memory,
// a power of two, at least `most` + 64.
extern "C" __global__ void __launch_bounds__(128) knn_select(const float *keys, u64 *lists, int rows, int columns, int stride, i64 first, i64 own, int most, int room) {
    SHARED_MEMORY(u64, memory);
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    int row = blockIdx.x * (blockDim.x / 32) + warp;
    if (row >= rows) return;
    u64 *kept = lists + (i64)row * most;
    Shortlist list = {memory + warp * room, room, most, 0, __uint_as_float(0x7f800000u)};
    for (int at = lane; at < most; at += 32) list.entries[at] = first > 0 ? kept[at] : NOTHING;
    __syncwarp();
    while (list.count < most && list.entries[list.count] != NOTHING) list.count++;
    if (list.count == most) list.limit = key_of(list.entries[most - 1]);
    __syncwarp();
    i64 itself = own < 0 ? -1 : own + row - first;
    for (int start = 0; start < columns; start += 128) {
        int at = start + 4 * lane;
        float4 four = *(const float4 *)(keys + (i64)row * stride + at);
        float key[4] = {four.x, four.y, four.z, four.w};
        bool any = key[0] < list.limit || key[1] < list.limit || key[2] < list.limit || key[3] < list.limit;
        if (!__any_sync(ALL_LANES, any)) continue;
#pragma unroll
        for (int j = 0; j < 4; j++) offer(list, key[j], (u32)(first + at + j), at + j < columns && at + j != itself);
    }
    shrink(list);
    for (int at = lane; at < most; at += 32) kept[at] = list.entries[at];
}

// The squared distance of two rows by 16 lanes; the same on all. Each product and sum is rounded separately: sixteen sums side by
// side, added in order, then the rest in order.
__device__ __forceinline__ double squared(const float *a, const float *b, int d) {
    int lane = threadIdx.x % 16, whole = d / 16 * 16;
    double sum = 0.0, all = 0.0, rest = 0.0;
    for (int at = lane; at < whole; at += 16) {
        double difference = __dadd_rn((double)a[at], -(double)b[at]);
        sum = __dadd_rn(sum, __dmul_rn(difference, difference));
    }
    for (int from = 0; from < 16; from++) all = __dadd_rn(all, __shfl_sync(ALL_LANES, sum, from, 16));
    for (int at = whole; at < d; at++) {
        double difference = __dadd_rn((double)a[at], -(double)b[at]);
        rest = __dadd_rn(rest, __dmul_rn(difference, difference));
    }
    return __dadd_rn(all, rest);
}

// queries: rows x d, points: the rows first .. first + columns of all; lists as above -> squares: rows x most, those of the
// points that are here. A warp to a query, half of it to a pair.
extern "C" __global__ void __launch_bounds__(128) knn_measure(const float *queries, const float *points, const u64 *lists, double *squares, int rows, int columns, i64 first, int d, int most) {
    int row = blockIdx.x * 4 + threadIdx.x / 32, half = threadIdx.x % 32 / 16;
    if (row >= rows) return;
    for (int start = 0; start < most; start += 2) {
        int at = start + half;
        u64 entry = at < most ? lists[(i64)row * most + at] : NOTHING;
        i64 point = (i64)(u32)entry - first;
        bool here = entry != NOTHING && point >= 0 && point < columns;
        if (!__any_sync(ALL_LANES, here)) continue;
        // The other half's pair may be elsewhere; the lanes stay together.
        double square = squared(queries + (i64)row * d, points + (here ? point : 0) * d, d);
        if (here && threadIdx.x % 16 == 0) squares[(i64)row * most + at] = square;
    }
}

// lists, squares: rows x most; weights: of the queries -> indices, distances: rows x k, by distance, then index;
// proven: 1 where no point outside of the shortlist can belong to the list. A warp to a query; each entry counts those before it.
extern "C" __global__ void __launch_bounds__(128) knn_rank(const u64 *lists, const double *squares, const float *weights, u32 *indices, float *distances, u32 *proven, int rows, int most, int k, double least) {
    int row = blockIdx.x * 4 + threadIdx.x / 32, lane = threadIdx.x % 32;
    if (row >= rows) return;
    const u64 *list = lists + (i64)row * most;
    const double *square = squares + (i64)row * most;
    u64 last = list[most - 1];
    double outside = (double)weights[row] + (double)key_of(last) - least;
    for (int at = lane; at < most; at += 32) {
        if (list[at] == NOTHING) continue;
        u32 index = (u32)list[at];
        double mine = square[at];
        int before = 0;
        for (int other = 0; other < most && list[other] != NOTHING; other++)
            before += square[other] < mine || (square[other] == mine && (u32)list[other] < index);
        if (before >= k) continue;
        indices[(i64)row * k + before] = index;
        distances[(i64)row * k + before] = (float)__dsqrt_rn(mine);
        if (before == k - 1) proven[row] = last == NOTHING || outside > mine;
    }
}
