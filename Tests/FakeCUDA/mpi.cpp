// An MPI that knows GPUs' memory, as far as it differs from one that does not: loaded before the real one, it
// answers for it.
#include <dlfcn.h>
#include <stdlib.h>

#include "fake.h"

extern "C" int MPIX_Query_cuda_support() { return getenv("FAKE_MPI_CUDA_AWARE") != nullptr; }

// Handles are as wide as pointers, or narrower and passed on as they are.
typedef int (*AllReduce)(const void *, void *, int, void *, void *, void *);

/// The real sum, of which one number is wrong if that is wished and the numbers lie on a device.
extern "C" int MPI_Allreduce(const void *own, void *sums, int count, void *type, void *operation,
                             void *communicator) {
  static const AllReduce real = reinterpret_cast<AllReduce>(dlsym(RTLD_NEXT, "MPI_Allreduce"));
  const int result = real(own, sums, count, type, operation, communicator);
  if (getenv("FAKE_MPI_SPOILS") && count > 1000)
    for (const fake::Device &device : fake::devices())
      if (device.allocations.count(reinterpret_cast<CUDAAddress>(sums)))
        static_cast<float *>(sums)[count / 2] += 1;
  return result;
}
