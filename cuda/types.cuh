// What all kernels share: short names, and dynamic shared memory, which the tests' emulator declares differently.
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

#define ALL_LANES 0xffffffffu

#ifndef SHARED_MEMORY
#define SHARED_MEMORY(type, name) extern __shared__ __align__(16) type name[]
#endif

// The smallest multiple of `of` that is not below `value`.
__device__ __forceinline__ int round_up(int value, int of) { return (value + of - 1) / of * of; }
