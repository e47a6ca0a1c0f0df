// Functions of NVIDIA's driver, of its compiler NVRTC and of cuBLAS, found at run time. Building
// needs no CUDA, and a machine without it gets an error message that names what is missing.
#ifndef CUDA_DRIVER_H
#define CUDA_DRIVER_H

#include <stddef.h>

// Results and enumerations have the same size as NVIDIA's. A result of 0 is success in all libraries.
typedef unsigned CUDAResult;
typedef unsigned NVRTCResult;
typedef unsigned CUBLASResult;
typedef unsigned CUDAAttribute;
typedef unsigned CUDACaptureMode;
typedef unsigned CUDADataType;
typedef unsigned CUBLASOperation;
typedef unsigned CUBLASComputeType;
typedef int CUBLASAlgorithm;
typedef int CUDADeviceNumber;
// An address in the memory of a device. The host must not dereference it.
typedef unsigned long long CUDAAddress;

// Handles: pointers to structs that only the libraries define.
typedef struct CUDAContextRecord *CUDAContext;
typedef struct CUDAModuleRecord *CUDAModule;
typedef struct CUDAFunctionRecord *CUDAFunction;
typedef struct CUDAStreamRecord *CUDAStream;
typedef struct CUDAEventRecord *CUDAEvent;
typedef struct CUDAGraphRecord *CUDAGraph;
typedef struct CUDAGraphNodeRecord *CUDAGraphNode;
typedef struct CUDAGraphExecRecord *CUDAGraphExec;
typedef struct NVRTCProgramRecord *NVRTCProgram;
typedef struct CUBLASHandleRecord *CUBLASHandle;

// Identifies a device; the same in all processes.
typedef struct {
  char bytes[16];
} CUDAUUID;

#include "CUDADriverCalls.h"
#include "CUDADriverConstants.h"

#define CUDA_DRIVER_POINTER(result, name, ...) result (*name)(__VA_ARGS__);
// The functions of libcuda.so.1.
typedef struct {
  CUDA_DRIVER_CALLS(CUDA_DRIVER_POINTER)
} CUDACalls;
// The functions of NVRTC.
typedef struct {
  NVRTC_CALLS(CUDA_DRIVER_POINTER)
} NVRTCCalls;
// The functions of cuBLAS.
typedef struct {
  CUBLAS_CALLS(CUDA_DRIVER_POINTER)
} CUBLASCalls;
#undef CUDA_DRIVER_POINTER

// Opens `library`, a path or a name that the dynamic linker searches, and finds all functions in it.
// Returns 0, or 1 after writing what is missing into `message`, at most `size` bytes with the
// terminating zero. The library stays open until the process ends.
int cuda_load(CUDACalls *calls, const char *library, char *message, size_t size);
// The same for NVRTC. If `library` is a path, its builtins in the same directory are opened first:
// NVRTC looks for them by their bare name.
int nvrtc_load(NVRTCCalls *calls, const char *library, char *message, size_t size);
int cublas_load(CUBLASCalls *calls, const char *library, char *message, size_t size);

#endif
