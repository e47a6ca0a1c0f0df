#include <dlfcn.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "CUDADriver.h"

static void *open_library(const char *library, char *message, size_t size) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    // dlerror's text names the library and the reason.
    const char *text = dlerror();
    snprintf(message, size, "%s", text ? text : library);
  }
  return handle;
}

static int find(void *handle, const char *name, void *pointer, const char *library, char *message,
                size_t size) {
  void *found = dlsym(handle, name);
  if (!found) {
    snprintf(message, size, "%s: has no function %s", library, name);
    return 1;
  }
  memcpy(pointer, &found, sizeof found);
  return 0;
}

#define FIND(result, name, ...) \
  if (find(handle, #name, &calls->name, library, message, size)) return 1;

int cuda_load(CUDACalls *calls, const char *library, char *message, size_t size) {
  void *handle = open_library(library, message, size);
  if (!handle) return 1;
  CUDA_DRIVER_CALLS(FIND)
  return 0;
}

// Opens NVRTC's builtins, if `library` is a path. NVRTC loads them by their bare name, and the dynamic
// linker does not search the directory of `library`; but it finds a library that is already open.
static void open_builtins(const char *library) {
  const char *slash = strrchr(library, '/');
  char pattern[4096];
  if (!slash) return;
  int length = snprintf(pattern, sizeof pattern, "%.*s/libnvrtc-builtins.so.*",
                        (int)(slash - library), library);
  if (length < 0 || (size_t)length >= sizeof pattern) return;
  glob_t found;
  if (glob(pattern, 0, NULL, &found) != 0) return;
  for (size_t i = 0; i < found.gl_pathc; i++) dlopen(found.gl_pathv[i], RTLD_NOW | RTLD_LOCAL);
  globfree(&found);
}

int nvrtc_load(NVRTCCalls *calls, const char *library, char *message, size_t size) {
  open_builtins(library);
  void *handle = open_library(library, message, size);
  if (!handle) return 1;
  NVRTC_CALLS(FIND)
  return 0;
}

int cublas_load(CUBLASCalls *calls, const char *library, char *message, size_t size) {
  void *handle = open_library(library, message, size);
  if (!handle) return 1;
  CUBLAS_CALLS(FIND)
  return 0;
}
