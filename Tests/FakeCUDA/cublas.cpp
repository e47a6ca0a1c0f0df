// cuBLAS's matrix product as three loops. As in cuBLAS, matrices are stored by columns.
#include "fake.h"

using namespace fake;

namespace {

struct Handle {
  CUDAStream stream = nullptr;
  void *workspace = nullptr;
};

Handle *of(CUBLASHandle handle) { return reinterpret_cast<Handle *>(handle); }

constexpr CUBLASResult notSupported = 15;

}  // namespace

CUBLASResult cublasCreate_v2(CUBLASHandle *handle) {
  ENTER;
  if (!currentDevice()) return 1;
  *handle = reinterpret_cast<CUBLASHandle>(new Handle);
  return success;
}

CUBLASResult cublasDestroy_v2(CUBLASHandle handle) {
  ENTER;
  delete of(handle);
  return success;
}

const char *cublasGetStatusString(CUBLASResult) { return "an error of the fake cuBLAS"; }

CUBLASResult cublasGetVersion_v2(CUBLASHandle, int *version) {
  *version = 130000;
  return success;
}

CUBLASResult cublasSetStream_v2(CUBLASHandle handle, CUDAStream stream) {
  ENTER;
  // As in the real cuBLAS, this resets a workspace that was set before.
  *of(handle) = {stream, nullptr};
  return success;
}

CUBLASResult cublasSetWorkspace_v2(CUBLASHandle handle, void *workspace, size_t) {
  ENTER;
  of(handle)->workspace = workspace;
  return success;
}

CUBLASResult cublasGemmEx(CUBLASHandle handle, CUBLASOperation leftOperation,
                          CUBLASOperation rightOperation, int rows, int columns, int depth,
                          const void *alpha, const void *left, CUDADataType leftType, int leftStride,
                          const void *right, CUDADataType rightType, int rightStride,
                          const void *beta, void *result, CUDADataType resultType,
                          int resultStride, CUBLASComputeType, CUBLASAlgorithm) {
  ENTER;
  if (leftType != cudaFloat32 || rightType != cudaFloat32 || resultType != cudaFloat32)
    return notSupported;
  // Without a workspace the real cuBLAS would allocate memory, which a capture does not allow.
  if (!of(handle)->workspace || *static_cast<const float *>(beta) != 0) return notSupported;
  const float factor = *static_cast<const float *>(alpha);
  const auto *a = static_cast<const float *>(left);
  const auto *b = static_cast<const float *>(right);
  auto *c = static_cast<float *>(result);
  return enqueue(of(handle)->stream, {"cublasGemmEx", [=] {
    for (int column = 0; column < columns; column++)
      for (int row = 0; row < rows; row++) {
        float sum = 0;
        for (int k = 0; k < depth; k++) {
          const float x = leftOperation == cublasPlain ? a[k * leftStride + row] : a[row * leftStride + k];
          const float y =
              rightOperation == cublasPlain ? b[column * rightStride + k] : b[k * rightStride + column];
          sum += x * y;
        }
        c[column * resultStride + row] = factor * sum;
      }
  }});
}
