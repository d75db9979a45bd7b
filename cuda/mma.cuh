// Products of signed bytes on the tensor cores: acc += a bᵀ, exact in 32 bits.
//
// A warp multiplies TILE_ROWS rows of a with 8 rows of b, each TILE_DEPTH bytes long. In both operands a
// word holds 4 consecutive bytes of a row; lane l = 4 g + t holds of row g the words t and t + 4. Of the
// products it holds those of row g (and g + 8) with the rows 2 t and 2 t + 1 of b.
// Source: PTX ISA 8.0, sections 9.7.13.4.5 (m8n8k16) and 9.7.13.4.10 (m16n8k32).
#pragma once

#include "types.cuh"

#if __CUDA_ARCH__ >= 800
#define TILE_ROWS 16
#define TILE_DEPTH 32
#define TILE_A 4
#define TILE_B 2
#define TILE_C 4
#else
#define TILE_ROWS 8
#define TILE_DEPTH 16
#define TILE_A 1
#define TILE_B 1
#define TILE_C 2
#endif

// acc + the product of 4 signed bytes. (The run-time compiler knows no __dp4a without its headers.)
__device__ __forceinline__ int add_bytes(int a, int b, int acc) {
#ifdef SEETHRU_EMULATED
    return __dp4a(a, b, acc);
#else
    asm("dp4a.s32.s32 %0, %1, %2, %0;" : "+r"(acc) : "r"(a), "r"(b));
    return acc;
#endif
}

#ifdef SEETHRU_EMULATED
// By the definition of the operand layouts above.
static inline void multiply_tile(int *acc, const int *a, const int *b) {
    uint64_t of_a[TILE_A][32], of_b[TILE_B][32];
    for (int r = 0; r < TILE_A; r++) emulated_exchange(ALL_LANES, (u32)a[r], of_a[r]);
    for (int r = 0; r < TILE_B; r++) emulated_exchange(ALL_LANES, (u32)b[r], of_b[r]);
    int g = emulated_lane() / 4, t = emulated_lane() % 4;
    for (int c = 0; c < TILE_C; c++) {
        int row = g + 8 * (c / 2), column = 2 * t + c % 2;
        for (int k = 0; k < TILE_DEPTH; k++) {
            int word = k / 4, half = word / 4, lane_word = word % 4;
            // Register of a: rows from 8 on are odd, bytes from 16 on are two later.
            u32 from_a = (u32)of_a[row / 8 + 2 * half][4 * (row % 8) + lane_word];
            u32 from_b = (u32)of_b[half][4 * column + lane_word];
            acc[c] += (int)(int8_t)(from_a >> 8 * (k % 4)) * (int)(int8_t)(from_b >> 8 * (k % 4));
        }
    }
}
#elif __CUDA_ARCH__ >= 800
__device__ __forceinline__ void multiply_tile(int *acc, const int *a, const int *b) {
    asm volatile("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+r"(acc[0]), "+r"(acc[1]), "+r"(acc[2]), "+r"(acc[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
#else
__device__ __forceinline__ void multiply_tile(int *acc, const int *a, const int *b) {
    asm volatile("mma.sync.aligned.m8n8k16.row.col.s32.s8.s8.s32 {%0,%1}, {%2}, {%3}, {%0,%1};"
                 : "+r"(acc[0]), "+r"(acc[1])
                 : "r"(a[0]), "r"(b[0]));
}
#endif
