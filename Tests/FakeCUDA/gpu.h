// CUDA's words, as the kernel text uses them, for threads that are fibers on the CPU.
#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

namespace fake {

struct Index {
  unsigned x = 0, y = 0, z = 0;
};

/// Waits until all threads of the block are here.
void barrier();

/// Gives `words` to the other threads of the warp and returns what thread `lane` gave, for any lane: each
/// warp operation is one exchange that all 32 threads take part in.
struct Exchange {
  static constexpr int words = 6;
  const uint32_t (*given)[words];
};
Exchange exchange(const uint32_t *words, int count);

/// The block's shared memory, `bytes` of it up to a guard page.
void *sharedMemory(size_t bytes);

template <class To, class From> To bits(From value) {
  static_assert(sizeof(To) == sizeof(From));
  To result;
  memcpy(&result, &value, sizeof result);
  return result;
}

}  // namespace fake

extern fake::Index threadIdx, blockIdx, blockDim, gridDim;

#define __device__
#define SHARED(type, name) type &name = *static_cast<type *>(fake::sharedMemory(sizeof(type)))

inline void __syncthreads() { fake::barrier(); }
inline void __threadfence() {}
inline unsigned __umulhi(unsigned a, unsigned b) { return static_cast<uint64_t>(a) * b >> 32; }
inline unsigned __float_as_uint(float value) { return fake::bits<unsigned>(value); }
inline float __uint_as_float(unsigned value) { return fake::bits<float>(value); }

inline int atomicAdd(int *place, int value) {
  const int before = *place;
  *place += value;
  return before;
}

template <class T> T __shfl_xor_sync(unsigned, T value, int distance) {
  const uint32_t word = fake::bits<uint32_t>(value);
  const fake::Exchange all = fake::exchange(&word, 1);
  return fake::bits<T>(all.given[threadIdx.x % 32 ^ distance][0]);
}
