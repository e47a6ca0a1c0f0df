// The functions of NVIDIA's libraries that the program calls, one line each: result, name, argument
// types.
//
// Names are those that the libraries export; cuda.h hides some behind macros (cuMemAlloc is
// cuMemAlloc_v2). This file defines no types, so that .ci/cuda/check-calls.sh can compare every line
// with NVIDIA's headers.
#ifndef CUDA_DRIVER_CALLS_H
#define CUDA_DRIVER_CALLS_H

// libcuda.so.1, part of the driver.
#define CUDA_DRIVER_CALLS(X) \
  X(CUDAResult, cuInit, unsigned) \
  X(CUDAResult, cuDriverGetVersion, int *) \
  X(CUDAResult, cuGetErrorName, CUDAResult, const char **) \
  X(CUDAResult, cuGetErrorString, CUDAResult, const char **) \
  X(CUDAResult, cuDeviceGetCount, int *) \
  X(CUDAResult, cuDeviceGet, CUDADeviceNumber *, int) \
  X(CUDAResult, cuDeviceGetName, char *, int, CUDADeviceNumber) \
  X(CUDAResult, cuDeviceGetUuid_v2, CUDAUUID *, CUDADeviceNumber) \
  X(CUDAResult, cuDeviceTotalMem_v2, size_t *, CUDADeviceNumber) \
  X(CUDAResult, cuDeviceGetAttribute, int *, CUDAAttribute, CUDADeviceNumber) \
  X(CUDAResult, cuDevicePrimaryCtxRetain, CUDAContext *, CUDADeviceNumber) \
  X(CUDAResult, cuDevicePrimaryCtxRelease_v2, CUDADeviceNumber) \
  X(CUDAResult, cuCtxSetCurrent, CUDAContext) \
  X(CUDAResult, cuModuleLoadData, CUDAModule *, const void *) \
  X(CUDAResult, cuModuleUnload, CUDAModule) \
  X(CUDAResult, cuModuleGetFunction, CUDAFunction *, CUDAModule, const char *) \
  X(CUDAResult, cuMemAlloc_v2, CUDAAddress *, size_t) \
  X(CUDAResult, cuMemFree_v2, CUDAAddress) \
  X(CUDAResult, cuMemHostAlloc, void **, size_t, unsigned) \
  X(CUDAResult, cuMemFreeHost, void *) \
  X(CUDAResult, cuMemHostRegister_v2, void *, size_t, unsigned) \
  X(CUDAResult, cuMemHostUnregister, void *) \
  X(CUDAResult, cuMemcpyHtoDAsync_v2, CUDAAddress, const void *, size_t, CUDAStream) \
  X(CUDAResult, cuMemcpyDtoHAsync_v2, void *, CUDAAddress, size_t, CUDAStream) \
  X(CUDAResult, cuMemsetD32Async, CUDAAddress, unsigned, size_t, CUDAStream) \
  X(CUDAResult, cuCtxGetStreamPriorityRange, int *, int *) \
  X(CUDAResult, cuStreamCreateWithPriority, CUDAStream *, unsigned, int) \
  X(CUDAResult, cuStreamDestroy_v2, CUDAStream) \
  X(CUDAResult, cuStreamSynchronize, CUDAStream) \
  X(CUDAResult, cuStreamWaitEvent, CUDAStream, CUDAEvent, unsigned) \
  X(CUDAResult, cuStreamBeginCapture_v2, CUDAStream, CUDACaptureMode) \
  X(CUDAResult, cuStreamEndCapture, CUDAStream, CUDAGraph *) \
  X(CUDAResult, cuEventCreate, CUDAEvent *, unsigned) \
  X(CUDAResult, cuEventDestroy_v2, CUDAEvent) \
  X(CUDAResult, cuEventRecord, CUDAEvent, CUDAStream) \
  X(CUDAResult, cuEventRecordWithFlags, CUDAEvent, CUDAStream, unsigned) \
  X(CUDAResult, cuEventSynchronize, CUDAEvent) \
  X(CUDAResult, cuEventQuery, CUDAEvent) \
  X(CUDAResult, cuLaunchKernel, CUDAFunction, unsigned, unsigned, unsigned, unsigned, unsigned, \
    unsigned, unsigned, CUDAStream, void **, void **) \
  X(CUDAResult, cuGraphGetNodes, CUDAGraph, CUDAGraphNode *, size_t *) \
  X(CUDAResult, cuGraphInstantiateWithFlags, CUDAGraphExec *, CUDAGraph, unsigned long long) \
  X(CUDAResult, cuGraphLaunch, CUDAGraphExec, CUDAStream) \
  X(CUDAResult, cuGraphExecDestroy, CUDAGraphExec) \
  X(CUDAResult, cuGraphDestroy, CUDAGraph)

// libnvrtc.so.N, the compiler.
#define NVRTC_CALLS(X) \
  X(NVRTCResult, nvrtcVersion, int *, int *) \
  X(const char *, nvrtcGetErrorString, NVRTCResult) \
  X(NVRTCResult, nvrtcGetNumSupportedArchs, int *) \
  X(NVRTCResult, nvrtcGetSupportedArchs, int *) \
  X(NVRTCResult, nvrtcCreateProgram, NVRTCProgram *, const char *, const char *, int, \
    const char *const *, const char *const *) \
  X(NVRTCResult, nvrtcDestroyProgram, NVRTCProgram *) \
  X(NVRTCResult, nvrtcCompileProgram, NVRTCProgram, int, const char *const *) \
  X(NVRTCResult, nvrtcGetProgramLogSize, NVRTCProgram, size_t *) \
  X(NVRTCResult, nvrtcGetProgramLog, NVRTCProgram, char *) \
  X(NVRTCResult, nvrtcGetPTXSize, NVRTCProgram, size_t *) \
  X(NVRTCResult, nvrtcGetPTX, NVRTCProgram, char *) \
  X(NVRTCResult, nvrtcGetCUBINSize, NVRTCProgram, size_t *) \
  X(NVRTCResult, nvrtcGetCUBIN, NVRTCProgram, char *)

// libcublas.so.N, used for large products where it is installed.
#define CUBLAS_CALLS(X) \
  X(CUBLASResult, cublasCreate_v2, CUBLASHandle *) \
  X(CUBLASResult, cublasDestroy_v2, CUBLASHandle) \
  X(const char *, cublasGetStatusString, CUBLASResult) \
  X(CUBLASResult, cublasGetVersion_v2, CUBLASHandle, int *) \
  X(CUBLASResult, cublasSetStream_v2, CUBLASHandle, CUDAStream) \
  X(CUBLASResult, cublasSetWorkspace_v2, CUBLASHandle, void *, size_t) \
  X(CUBLASResult, cublasGemmEx, CUBLASHandle, CUBLASOperation, CUBLASOperation, int, int, int, \
    const void *, const void *, CUDADataType, int, const void *, CUDADataType, int, const void *, \
    void *, CUDADataType, int, CUBLASComputeType, CUBLASAlgorithm)

#endif
