// CUDA's keywords, variables and functions that the kernel text uses, for threads that are fibers on
// the CPU.
#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

namespace fake {

struct Index {
  unsigned x = 0, y = 0, z = 0;
};

/// Waits until all threads of the block have called it.
void barrier();

/// The words that the threads of a warp passed to `exchange`: `given[lane]` are those of thread `lane`.
///
/// Every warp operation is one exchange, in which all 32 threads take part.
struct Exchange {
  static constexpr int words = 6;
  const uint32_t (*given)[words];
};
/// Passes `count` words to the other threads of the warp and returns the words of all threads.
Exchange exchange(const uint32_t *words, int count);

/// The last `bytes` of the block's shared memory, which ends at a guard page.
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

inline int atomicAdd(int *address, int value) {
  const int before = *address;
  *address += value;
  return before;
}

template <class T> T __shfl_xor_sync(unsigned, T value, int distance) {
  const uint32_t word = fake::bits<uint32_t>(value);
  const fake::Exchange all = fake::exchange(&word, 1);
  return fake::bits<T>(all.given[threadIdx.x % 32 ^ distance][0]);
}
