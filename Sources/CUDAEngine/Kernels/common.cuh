#pragma once
// Types and functions that all kernels share. No standard header is included: NVRTC has none, and the
// kernels need none.
//
// The same text is compiled for a GPU and, in tests, for the CPU. There Tests/FakeCUDA defines KERNEL,
// SHARED and CUDA's keywords before it includes this file. PRECISION is 0 for float32, 1 for tf32 and
// 2 for bfloat16.
#ifndef KERNEL
// The launch bounds allow at most 128 registers per thread, so that 512 threads fit on a
// multiprocessor.
#define KERNEL(threads, name, ...) \
  extern "C" __global__ void __launch_bounds__(threads, 512 / (threads)) name(__VA_ARGS__)
#define SHARED(type, name) __shared__ type name
#endif

typedef unsigned char Byte;

/// Four numbers that one instruction loads or stores.
struct alignas(16) Quad {
  float value[4];
};

/// Two numbers that one instruction loads or stores.
struct alignas(8) Pair {
  float value[2];
};

/// Copies `count` numbers between registers and shared memory, with the widest loads and stores that
/// the alignment allows.
template <int count> __device__ inline void copy(float *to, const float *from) {
  if constexpr (count % 4 == 0) {
#pragma unroll
    for (int i = 0; i < count; i += 4)
      *reinterpret_cast<Quad *>(to + i) = *reinterpret_cast<const Quad *>(from + i);
  } else if constexpr (count == 2) {
    *reinterpret_cast<Pair *>(to) = *reinterpret_cast<const Pair *>(from);
  } else {
    static_assert(count == 1, "copies of one, of two, or of multiples of four");
    *to = *from;
  }
}

__device__ inline int least(int a, int b) { return a < b ? a : b; }

/// A divisor that is known before the kernel starts, with the factor and the shift that replace the
/// division (Granlund and Montgomery 1994); see `Divisor` in KernelShapes.swift.
struct Divisor {
  int divisor;
  unsigned factor;
  int shift;
};

/// `number / by`, for numbers from 0 to below 2^31.
__device__ inline int divide(int number, const Divisor &by) {
  return static_cast<int>(__umulhi(2 * static_cast<unsigned>(number), by.factor) >> by.shift);
}

/// Whether rows of `stride` numbers, beginning at `data`, can be read as quads.
__device__ inline bool isAligned(const float *data, int stride) {
  return reinterpret_cast<unsigned long long>(data) % 16 == 0 && stride % 4 == 0;
}

/// Loads up to four numbers; those beyond `count` (which may be negative) are zero.
__device__ inline Quad loadQuad(const float *from, int count, bool aligned) {
  if (aligned && count >= 4) return *reinterpret_cast<const Quad *>(from);
  Quad quad;
#pragma unroll
  for (int i = 0; i < 4; i++) quad.value[i] = i < count ? from[i] : 0.0f;
  return quad;
}

/// The same with the alignment known at compile time. The length of an aligned row is a multiple of
/// four, so that either all four numbers are in the row or none is: one load instruction and no
/// branch.
template <bool aligned> __device__ inline Quad loadQuad(const float *from, int count) {
  Quad quad = {{0.0f, 0.0f, 0.0f, 0.0f}};
  if constexpr (aligned) {
    if (count > 0) quad = *reinterpret_cast<const Quad *>(from);
  } else {
#pragma unroll
    for (int i = 0; i < 4; i++)
      if (i < count) quad.value[i] = from[i];
  }
  return quad;
}

/// ReLU of one number. NaN stays NaN, so that a broken run shows in its loss.
__device__ inline float rectify(float value) { return value < 0.0f ? 0.0f : value; }

/// A factor rounded to the precision of products. Sums always have single precision.
__device__ inline float rounded(float value) {
#if PRECISION == 0
  return value;
#else
  if (value != value) return value;
  unsigned bits = __float_as_uint(value);
#if PRECISION == 1
  // Ten bits of fraction, ties away from zero: the result of cvt.rna.tf32.f32, in four instructions.
  // The 13 lower bits need not be cleared: tensor instructions ignore them.
  bits += 0x1000u;
#else
  // Seven bits of fraction, ties to even.
  bits = (bits + 0x7fffu + (bits >> 16 & 1u)) & ~0xffffu;
#endif
  return __uint_as_float(bits);
#endif
}
