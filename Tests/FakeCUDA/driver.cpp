// Devices, contexts, modules, kernel launches, and the reports of errors that end the process.
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sstream>

#include "fake.h"

namespace fake {

const char *running = nullptr;

void die(const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (running)
    fprintf(stderr, "FakeCUDA: %s, block (%u, %u, %u): %s\n", running, blockIdx.x, blockIdx.y,
            blockIdx.z, text);
  else
    fprintf(stderr, "FakeCUDA: %s\n", text);
  fflush(nullptr);
  abort();
}

std::recursive_mutex &lock() {
  static std::recursive_mutex mutex;
  return mutex;
}

std::map<std::string, Kernel> &kernels(int precision) {
  static std::map<std::string, Kernel> lists[3];
  return lists[precision];
}

CUDAResult orderedFailure(const char *name) {
  struct Failure {
    std::string name;
    CUDAResult result = 0;
    int call = 0;
  };
  static const Failure failure = [] {
    Failure failure;
    std::istringstream text(getenv("FAKE_CUDA_FAIL") ?: "");
    char colon;
    if (std::getline(text, failure.name, ':')) text >> failure.result >> colon >> failure.call;
    return failure;
  }();
  static int calls = 0;
  return failure.name == name && ++calls == failure.call ? failure.result : success;
}

std::vector<Device> &devices() {
  static std::vector<Device> list = [] {
    const char *count = getenv("FAKE_CUDA_DEVICES");
    std::vector<Device> list;
    for (int i = 0; i < (count ? atoi(count) : 3); i++)
      list.push_back({i, static_cast<Order>(i % 3), {}});
    return list;
  }();
  return list;
}

static thread_local Device *current = nullptr;
Device *currentDevice() { return current; }

void Device::perform(const Work &work) {
  protect(false);
  running = work.name.c_str();
  work.run();
  running = nullptr;
  protect(true);
}

/// Signal handler for an access to memory that is not mapped, or that is closed to the host: prints
/// what was running. The signal then ends the process.
static void onFault(int number, siginfo_t *information, void *) {
  char text[256];
  const int length =
      running ? snprintf(text, sizeof text,
                         "FakeCUDA: %s, block (%u, %u, %u), thread %u: invalid address: %p\n", running,
                         blockIdx.x, blockIdx.y, blockIdx.z, threadIdx.x, information->si_addr)
              : snprintf(text, sizeof text, "FakeCUDA: invalid access by the host: %p\n",
                         information->si_addr);
  if (write(2, text, length) < 0) _exit(1);
  signal(number, SIG_DFL);
}

static bool isInitialized = false;

struct Module {
  int precision;
  std::map<std::string, const Kernel *> kernels;
};

}  // namespace fake

using namespace fake;

CUDAResult cuInit(unsigned) {
  ENTER;
  if (!isInitialized) {
    struct sigaction action = {};
    action.sa_sigaction = onFault;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, nullptr);
    sigaction(SIGBUS, &action, nullptr);
  }
  isInitialized = true;
  return devices().empty() ? noDevice : success;
}

CUDAResult cuDriverGetVersion(int *version) {
  ENTER;
  *version = 13000;
  return success;
}

CUDAResult cuGetErrorName(CUDAResult result, const char **name) {
  *name = result == outOfMemory ? "CUDA_ERROR_OUT_OF_MEMORY"
          : result == noDevice  ? "CUDA_ERROR_NO_DEVICE"
                                : "CUDA_ERROR_FAKE";
  return success;
}

CUDAResult cuGetErrorString(CUDAResult result, const char **text) {
  *text = result == outOfMemory ? "out of memory"
          : result == noDevice  ? "no CUDA-capable device is detected"
                                : "an error of the fake driver";
  return success;
}

CUDAResult cuDeviceGetCount(int *count) {
  ENTER;
  if (!isInitialized) return notInitialized;
  *count = static_cast<int>(devices().size());
  return success;
}

CUDAResult cuDeviceGet(CUDADeviceNumber *device, int number) {
  ENTER;
  if (number < 0 || number >= static_cast<int>(devices().size())) return invalidDevice;
  *device = number;
  return success;
}

CUDAResult cuDeviceGetName(char *name, int length, CUDADeviceNumber device) {
  ENTER;
  snprintf(name, length, "Fake GPU %d", device);
  return success;
}

CUDAResult cuDeviceGetUuid_v2(CUDAUUID *uuid, CUDADeviceNumber device) {
  ENTER;
  // The UUID depends on the host's name: other hosts have other devices.
  memset(uuid->bytes, 'f', sizeof uuid->bytes);
  uuid->bytes[0] = static_cast<char>(device);
  char host[256] = {};
  gethostname(host, sizeof host - 1);
  for (size_t i = 0; host[i]; i++) uuid->bytes[1 + i % 15] ^= host[i];
  return success;
}

CUDAResult cuDeviceTotalMem_v2(size_t *bytes, CUDADeviceNumber) {
  ENTER;
  *bytes = static_cast<size_t>(16) << 30;
  return success;
}

CUDAResult cuDeviceGetAttribute(int *value, CUDAAttribute attribute, CUDADeviceNumber device) {
  ENTER;
  int major = device == 2 ? 8 : 9, minor = device == 2 ? 9 : 0;
  if (const char *capability = getenv("FAKE_CUDA_CAPABILITY"))
    sscanf(capability, "%d.%d", &major, &minor);
  switch (attribute) {
    // Few multiprocessors, so that some small products are divided into parts, and some are not.
    case cudaAttributeProcessors: *value = 6; return success;
    case cudaAttributeCapabilityMajor: *value = major; return success;
    case cudaAttributeCapabilityMinor: *value = minor; return success;
    default: return invalidValue;
  }
}

CUDAResult cuDevicePrimaryCtxRetain(CUDAContext *context, CUDADeviceNumber device) {
  ENTER;
  *context = reinterpret_cast<CUDAContext>(&devices()[device]);
  return success;
}

CUDAResult cuDevicePrimaryCtxRelease_v2(CUDADeviceNumber) {
  ENTER;
  return success;
}

CUDAResult cuCtxSetCurrent(CUDAContext context) {
  ENTER;
  current = reinterpret_cast<Device *>(context);
  return success;
}

CUDAResult cuModuleLoadData(CUDAModule *module, const void *image) {
  ENTER;
  if (!currentDevice()) return invalidContext;
  if (isCapturing()) return captureUnsupported;
  // The output of the fake compiler: a mark, the precision, the kernels' names.
  std::istringstream text(static_cast<const char *>(image));
  std::string mark, name;
  Module made{};
  if (!(text >> mark >> made.precision) || mark != "FakeCUDA") return invalidImage;
  while (text >> name) made.kernels[name] = &kernels(made.precision).at(name);
  *module = reinterpret_cast<CUDAModule>(new Module(made));
  return success;
}

CUDAResult cuModuleUnload(CUDAModule module) {
  ENTER;
  delete reinterpret_cast<Module *>(module);
  return success;
}

CUDAResult cuModuleGetFunction(CUDAFunction *function, CUDAModule module, const char *name) {
  ENTER;
  const auto &known = reinterpret_cast<Module *>(module)->kernels;
  const auto found = known.find(name);
  if (found == known.end()) return notFound;
  *function = reinterpret_cast<CUDAFunction>(const_cast<Kernel *>(found->second));
  return success;
}

CUDAResult cuLaunchKernel(CUDAFunction function, unsigned gridX, unsigned gridY, unsigned gridZ,
                          unsigned blockX, unsigned blockY, unsigned blockZ, unsigned sharedBytes,
                          CUDAStream stream, void **arguments, void **extra) {
  ENTER;
  const Kernel *kernel = reinterpret_cast<const Kernel *>(function);
  if (!gridX || !gridY || !gridZ || gridY > 65535 || gridZ > 65535 || blockX != kernel->threads ||
      blockY != 1 || blockZ != 1 || sharedBytes || extra)
    return invalidValue;
  // Arguments are copied at the launch, even though the kernel runs later.
  const std::function<void()> call = kernel->bind(arguments);
  const Order order = deviceOf(stream)->order;
  const std::string name = kernel->name;
  return enqueue(stream, {name, [=] {
                            runKernel(name, call, {gridX, gridY, gridZ}, blockX, order);
                          }});
}
