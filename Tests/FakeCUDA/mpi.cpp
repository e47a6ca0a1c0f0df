// A stand-in for a CUDA-aware MPI. Loaded before the real MPI library (LD_PRELOAD), it replaces the
// functions in which a CUDA-aware MPI differs from one that is not.
#include <dlfcn.h>
#include <stdlib.h>

#include "fake.h"

extern "C" int MPIX_Query_cuda_support() { return getenv("FAKE_MPI_CUDA_AWARE") != nullptr; }

// MPI's handles are as wide as pointers or narrower, and are passed on unchanged.
typedef int (*AllReduce)(const void *, void *, int, void *, void *, void *);

/// Calls the real function. With FAKE_MPI_SPOILS set, it then makes one number of a result in device
/// memory wrong.
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
