// Calls of NVIDIA's driver, of its compiler NVRTC and of cuBLAS, found at run time: no CUDA is needed
// to build, and a machine without it can be told so in words.
#ifndef CUDA_DRIVER_H
#define CUDA_DRIVER_H

#include <stddef.h>

// Results and enumerations have the size that NVIDIA's have; 0 is success everywhere.
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
// A place in the memory of a device; not for the host to follow.
typedef unsigned long long CUDAAddress;

// Handles: pointers to what only the libraries know.
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

// What tells devices apart, also between processes.
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

// Open `library`, a path or a name that the dynamic linker searches, and find all functions in it.
// Returns 0, or 1 after writing what is missing into `message`, at most `size` bytes with the end mark.
// The library stays open for the life of the process.
int cuda_load(CUDACalls *calls, const char *library, char *message, size_t size);
// Besides, in a directory opens the compiler's builtins first: NVRTC looks for them by their bare name.
int nvrtc_load(NVRTCCalls *calls, const char *library, char *message, size_t size);
int cublas_load(CUBLASCalls *calls, const char *library, char *message, size_t size);

#endif
