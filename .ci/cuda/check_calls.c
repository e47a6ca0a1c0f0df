// Compiled by check-calls.sh, never run: compares every line of CUDADriver's table with NVIDIA's
// declaration.
#if defined CHECK_CUDA
#include <cuda.h>
#elif defined CHECK_NVRTC
#include <nvrtc.h>
#elif defined CHECK_CUBLAS
#include <cublas_v2.h>
// cuBLAS's header includes macros of the CUDA runtime with the names of two of CUDADriver's constants.
#undef cudaStreamNonBlocking
#undef cudaEventDisableTiming
#endif

// The table's types, by NVIDIA's names.
#define CUDAResult CUresult
#define CUDADeviceNumber CUdevice
#define CUDAAttribute CUdevice_attribute
#define CUDACaptureMode CUstreamCaptureMode
#define CUDAAddress CUdeviceptr
#define CUDAUUID CUuuid
#define CUDAContext CUcontext
#define CUDAModule CUmodule
#define CUDAFunction CUfunction
#define CUDAEvent CUevent
#define CUDAGraph CUgraph
#define CUDAGraphNode CUgraphNode
#define CUDAGraphExec CUgraphExec
#define NVRTCResult nvrtcResult
#define NVRTCProgram nvrtcProgram
#define CUBLASResult cublasStatus_t
#define CUBLASHandle cublasHandle_t
#define CUBLASOperation cublasOperation_t
#define CUBLASComputeType cublasComputeType_t
#define CUBLASAlgorithm cublasGemmAlgo_t
#define CUDADataType cudaDataType
#ifdef CHECK_CUBLAS
#define CUDAStream cudaStream_t
#else
#define CUDAStream CUstream
#endif

#include "CUDADriverCalls.h"
#include "CUDADriverConstants.h"

#define SAME_TYPE(result, name, ...) \
  _Static_assert(__builtin_types_compatible_p(__typeof__(&name), result (*)(__VA_ARGS__)), #name);
#define SAME_VALUE(ours, theirs) _Static_assert((int)(ours) == (int)(theirs), #ours);
#define SAME_SIZE(theirs, size) _Static_assert(sizeof(theirs) == (size), #theirs);

#if defined CHECK_CUDA
CUDA_DRIVER_CALLS(SAME_TYPE)
SAME_VALUE(cudaAttributeProcessors, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT)
SAME_VALUE(cudaAttributeCapabilityMajor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
SAME_VALUE(cudaAttributeCapabilityMinor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)
SAME_VALUE(cudaStreamNonBlocking, CU_STREAM_NON_BLOCKING)
SAME_VALUE(cudaEventDisableTiming, CU_EVENT_DISABLE_TIMING)
SAME_VALUE(cudaNotReady, CUDA_ERROR_NOT_READY)
SAME_VALUE(cudaRecordExternal, CU_EVENT_RECORD_EXTERNAL)
SAME_VALUE(cudaCaptureThreadLocal, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL)
// CUDADriver.h declares enumerations as plain integers.
SAME_SIZE(CUresult, sizeof(unsigned))
SAME_SIZE(CUdevice_attribute, sizeof(unsigned))
SAME_SIZE(CUstreamCaptureMode, sizeof(unsigned))
SAME_SIZE(CUdevice, sizeof(int))
SAME_SIZE(CUdeviceptr, sizeof(unsigned long long))
SAME_SIZE(CUuuid, 16)
#elif defined CHECK_NVRTC
NVRTC_CALLS(SAME_TYPE)
SAME_SIZE(nvrtcResult, sizeof(unsigned))
#elif defined CHECK_CUBLAS
CUBLAS_CALLS(SAME_TYPE)
SAME_VALUE(cublasPlain, CUBLAS_OP_N)
SAME_VALUE(cublasTransposed, CUBLAS_OP_T)
SAME_VALUE(cudaFloat32, CUDA_R_32F)
SAME_VALUE(cublasComputeFloat32, CUBLAS_COMPUTE_32F)
SAME_VALUE(cublasComputeBFloat16, CUBLAS_COMPUTE_32F_FAST_16BF)
SAME_VALUE(cublasComputeTF32, CUBLAS_COMPUTE_32F_FAST_TF32)
SAME_VALUE(cublasDefaultAlgorithm, CUBLAS_GEMM_DEFAULT)
SAME_SIZE(cublasStatus_t, sizeof(unsigned))
SAME_SIZE(cublasOperation_t, sizeof(unsigned))
SAME_SIZE(cublasComputeType_t, sizeof(unsigned))
SAME_SIZE(cudaDataType, sizeof(unsigned))
#endif
