// CUDA's device side on the CPU: what `cuda/*.cu` uses of the language, compiled by the host's C++
// compiler, so that the kernels' own source runs where there is no GPU.
//
// Every thread of a block is a fiber; a block runs on one thread of the host. Fibers switch only at
// barriers and warp-wide operations, and the order in which they run is reversed at each of them,
// so that a missing barrier shows as a wrong result. What this cannot show: the driver's compiler, timing,
// and races within one stretch between barriers that either order gets right.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#define SEETHRU_EMULATED 1
#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __shared__ static
#define __constant__ static
#define __align__(bytes) __attribute__((aligned(bytes)))
#define __restrict__ __restrict

struct uint3 { unsigned x, y, z; };
struct dim3 { unsigned x = 1, y = 1, z = 1; };
struct int2 { int x, y; };
struct alignas(16) int4 { int x, y, z, w; };
struct alignas(16) uint4 { unsigned x, y, z, w; };
struct alignas(8) uint2 { unsigned x, y; };
struct alignas(8) float2 { float x, y; };
struct alignas(16) float4 { float x, y, z, w; };
struct alignas(16) double2 { double x, y; };
static inline int2 make_int2(int x, int y) { return {x, y}; }
static inline float2 make_float2(float x, float y) { return {x, y}; }
static inline double2 make_double2(double x, double y) { return {x, y}; }
static inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
static inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
static inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }

extern "C" {
extern uint3 emulated_thread, emulated_block;
extern dim3 emulated_block_size, emulated_grid_size;
void emulated_barrier();
// Hands `value` to the lanes of `mask`; `all` receives those of all lanes.
void emulated_exchange(unsigned mask, uint64_t value, uint64_t all[32]);
void *emulated_shared();
unsigned emulated_lane();
}
#define threadIdx emulated_thread
#define blockIdx emulated_block
#define blockDim emulated_block_size
#define gridDim emulated_grid_size
#define warpSize 32
#define SHARED_MEMORY(type, name) type *name = (type *)emulated_shared()

static inline void __syncthreads() { emulated_barrier(); }
static inline void __syncwarp(unsigned mask = 0xffffffffu) {
    uint64_t all[32];
    emulated_exchange(mask, 0, all);
}
static inline void __threadfence() {}
static inline int __syncthreads_or(int value) {
    __shared__ int any;
    emulated_barrier();
    any = 0;
    emulated_barrier();
    any |= value != 0;
    emulated_barrier();
    return any;
}

template <class T> static inline uint64_t emulated_bits(T value) {
    uint64_t bits = 0;
    static_assert(sizeof(T) <= 8, "at most 64 bits");
    memcpy(&bits, &value, sizeof(T));
    return bits;
}
template <class T> static inline T emulated_value(uint64_t bits) {
    T value;
    memcpy(&value, &bits, sizeof(T));
    return value;
}
template <class T> static inline T emulated_shuffle(unsigned mask, T value, int from, bool inside) {
    uint64_t all[32];
    emulated_exchange(mask, emulated_bits(value), all);
    return inside ? emulated_value<T>(all[from & 31]) : value;
}
template <class T> static inline T __shfl_sync(unsigned mask, T value, int from, int width = 32) {
    int lane = emulated_lane();
    return emulated_shuffle(mask, value, (lane & ~(width - 1)) + (from & (width - 1)), true);
}
template <class T> static inline T __shfl_up_sync(unsigned mask, T value, unsigned by, int width = 32) {
    int lane = emulated_lane(), from = lane - (int)by;
    return emulated_shuffle(mask, value, from, from >= (lane & ~(width - 1)));
}
template <class T> static inline T __shfl_down_sync(unsigned mask, T value, unsigned by, int width = 32) {
    int lane = emulated_lane(), from = lane + (int)by;
    return emulated_shuffle(mask, value, from, from < (lane & ~(width - 1)) + width);
}
template <class T> static inline T __shfl_xor_sync(unsigned mask, T value, int with, int width = 32) {
    int lane = emulated_lane(), from = lane ^ with;
    return emulated_shuffle(mask, value, from, from < (lane & ~(width - 1)) + width);
}
static inline unsigned __ballot_sync(unsigned mask, int predicate) {
    uint64_t all[32];
    unsigned votes = 0;
    emulated_exchange(mask, predicate != 0, all);
    for (int lane = 0; lane < 32; lane++)
        if (mask >> lane & 1 && all[lane]) votes |= 1u << lane;
    return votes;
}
static inline int __any_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) != 0; }
static inline int __all_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) == mask; }

static inline int __popc(unsigned v) { return __builtin_popcount(v); }
static inline int __clz(int v) { return v ? __builtin_clz(v) : 32; }
static inline int __ffs(int v) { return __builtin_ffs(v); }
static inline int __dp4a(int a, int b, int c) {
    for (int i = 0; i < 4; i++) c += (int)(int8_t)(a >> 8 * i) * (int)(int8_t)(b >> 8 * i);
    return c;
}
template <class T> static inline T __ldg(const T *p) { return *p; }
static inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
static inline double __dmul_rn(double a, double b) { volatile double p = a * b; return p; }
static inline double __dadd_rn(double a, double b) { volatile double s = a + b; return s; }
static inline double __dsqrt_rn(double a) { return sqrt(a); }
static inline double __ddiv_rn(double a, double b) { volatile double q = a / b; return q; }
static inline float __fmul_rn(float a, float b) { volatile float p = a * b; return p; }
static inline float __fadd_rn(float a, float b) { volatile float s = a + b; return s; }
static inline float __frcp_rn(float a) { return 1.0f / a; }
static inline float __fdividef(float a, float b) { return a / b; }
// The C library uses the same names.
#define __expf(a) expf(a)
#define __logf(a) logf(a)
#define __powf(a, b) powf(a, b)
static inline float rsqrtf(float a) { return 1.0f / sqrtf(a); }
static inline void sincospif(float a, float *s, float *c) {
    *s = (float)sin(M_PI * a);
    *c = (float)cos(M_PI * a);
}
static inline int __float2int_rd(float a) { return (int)floorf(a); }
static inline int __float2int_rn(float a) { return (int)nearbyintf(a); }
static inline long long __double2ll_rn(double a) { return (long long)nearbyint(a); }
static inline long long __float2ll_rn(float a) { return (long long)nearbyintf(a); }
static inline int __float_as_int(float a) { return emulated_value<int>(emulated_bits(a)); }
static inline unsigned __float_as_uint(float a) { return emulated_value<unsigned>(emulated_bits(a)); }
static inline float __int_as_float(int a) { return emulated_value<float>(emulated_bits(a)); }
static inline float __uint_as_float(unsigned a) { return emulated_value<float>(emulated_bits(a)); }

#define EMULATED_MIN_MAX(type)                                        \
    static inline type min(type a, type b) { return b < a ? b : a; } \
    static inline type max(type a, type b) { return a < b ? b : a; }
EMULATED_MIN_MAX(int)
EMULATED_MIN_MAX(unsigned)
EMULATED_MIN_MAX(long long)
EMULATED_MIN_MAX(unsigned long long)
static inline float min(float a, float b) { return fminf(a, b); }
static inline float max(float a, float b) { return fmaxf(a, b); }
static inline double min(double a, double b) { return fmin(a, b); }
static inline double max(double a, double b) { return fmax(a, b); }

template <class T, class U> static inline T atomicAdd(T *at, U value) { T old = *at; *at = old + (T)value; return old; }
template <class T> static inline T atomicMin(T *at, T value) { T old = *at; *at = value < old ? value : old; return old; }
template <class T> static inline T atomicMax(T *at, T value) { T old = *at; *at = old < value ? value : old; return old; }
template <class T> static inline T atomicOr(T *at, T value) { T old = *at; *at = old | value; return old; }
template <class T> static inline T atomicExch(T *at, T value) { T old = *at; *at = value; return old; }
template <class T> static inline T atomicCAS(T *at, T expected, T value) { T old = *at; if (old == expected) *at = value; return old; }

// What the driver launches: the kernel with its arguments unpacked.
struct EmulatedKernel {
    const char *name;
    int arguments;
    void (*run)(void **arguments);
};
template <class F> struct EmulatedCall;
template <class... A> struct EmulatedCall<void (*)(A...)> {
    static const int count = sizeof...(A);
    template <void (*f)(A...), int... I> struct With {};
};
template <int... I> struct EmulatedIndices {};
template <int N, int... I> struct EmulatedCount : EmulatedCount<N - 1, N - 1, I...> {};
template <int... I> struct EmulatedCount<0, I...> { typedef EmulatedIndices<I...> type; };
template <class T> struct EmulatedPlain { typedef T type; };
template <class T> struct EmulatedPlain<const T> { typedef T type; };
template <class... A, int... I>
static inline void emulated_apply(void (*f)(A...), void **p, EmulatedIndices<I...>) {
    f(*(typename EmulatedPlain<A>::type *)p[I]...);
}
template <class... A> static inline void emulated_call(void (*f)(A...), void **p) {
    emulated_apply(f, p, typename EmulatedCount<sizeof...(A)>::type());
}
template <class... A> static constexpr int emulated_arguments(void (*)(A...)) { return sizeof...(A); }
extern "C" void emulated_register(EmulatedKernel kernel);
#define EMULATED_KERNEL(name)                                                                         \
    static void emulated_run_##name(void **p) { emulated_call(name, p); }                             \
    __attribute__((constructor)) static void emulated_register_##name() {                             \
        emulated_register({#name, emulated_arguments(name), emulated_run_##name});                    \
    }
