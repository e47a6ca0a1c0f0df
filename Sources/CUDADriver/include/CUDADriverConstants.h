// The values that the program passes to NVIDIA's libraries. The comments have their names in NVIDIA's
// headers, with which .ci/cuda/check-calls.sh compares them.
#ifndef CUDA_DRIVER_CONSTANTS_H
#define CUDA_DRIVER_CONSTANTS_H

enum {
  // CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, ..._COMPUTE_CAPABILITY_MAJOR and ..._MINOR
  cudaAttributeProcessors = 16,
  cudaAttributeCapabilityMajor = 75,
  cudaAttributeCapabilityMinor = 76,
  // CU_STREAM_NON_BLOCKING, CU_EVENT_DISABLE_TIMING, CU_EVENT_RECORD_EXTERNAL,
  // CU_STREAM_CAPTURE_MODE_THREAD_LOCAL
  cudaStreamNonBlocking = 1,
  cudaEventDisableTiming = 2,
  cudaRecordExternal = 1,
  cudaCaptureThreadLocal = 1,
  // CUDA_ERROR_NOT_READY
  cudaNotReady = 600,
  // CUBLAS_OP_N and CUBLAS_OP_T, CUDA_R_32F
  cublasPlain = 0,
  cublasTransposed = 1,
  cudaFloat32 = 0,
  // CUBLAS_COMPUTE_32F, ..._32F_FAST_16BF, ..._32F_FAST_TF32, CUBLAS_GEMM_DEFAULT
  cublasComputeFloat32 = 68,
  cublasComputeBFloat16 = 75,
  cublasComputeTF32 = 77,
  cublasDefaultAlgorithm = -1,
};

#endif
