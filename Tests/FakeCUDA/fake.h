// Declarations that the files of the fake driver share. One lock guards all state: the functions of the
// libraries that use it begin with ENTER.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "CUDADriver.h"
#include "gpu.h"

namespace fake {

/// Ends the process after printing a message with the kernel and block that were running.
[[noreturn]] __attribute__((format(printf, 1, 2))) void die(const char *format, ...);

/// The name of the work that is running, for messages; null between pieces of work.
extern const char *running;

/// The order in which the threads of a block, the blocks of a kernel and the nodes of a graph run.
enum class Order { natural, reversed, shuffled };

/// Runs all blocks of a kernel.
void runKernel(const std::string &name, const std::function<void()> &kernel, Index grid,
               unsigned threads, Order order);

/// Results of functions, with the numbers of the real driver.
enum : CUDAResult {
  success = 0,
  invalidValue = 1,
  outOfMemory = 2,
  notInitialized = 3,
  noDevice = 100,
  invalidDevice = 101,
  invalidImage = 200,
  invalidContext = 201,
  notFound = 500,
  notReady = 600,
  alreadyRegistered = 712,
  notRegistered = 713,
  captureUnsupported = 900,
  captureInvalidated = 901,
  captureUnjoined = 904,
};

/// A piece of work of a stream or a graph.
struct Work {
  std::string name;
  std::function<void()> run;
};

/// An allocation of a device.
struct Allocation {
  char *mapping;
  size_t mappedBytes;
};

struct Device {
  int number;
  Order order;
  std::map<CUDAAddress, Allocation> allocations;
  /// Opens or closes the device's memory.
  void protect(bool isClosed);
  /// Runs a piece of work while the device's memory is open.
  void perform(const Work &work);
};
std::vector<Device> &devices();
/// Whether device memory is always open to the host, as a CUDA-aware MPI needs it (FAKE_CUDA_OPEN).
bool isOpen();
/// The device of the context that is current on this thread, or null.
Device *currentDevice();

// --- kernels ---

/// A kernel: its name, the threads per block that it requires, and a function that binds its arguments.
struct Kernel {
  std::string name;
  unsigned threads;
  std::function<std::function<void()>(void **)> bind;
};
/// All kernels of a precision, by name.
std::map<std::string, Kernel> &kernels(int precision);

// --- streams ---

struct Event;

struct Graph {
  struct Node {
    Work work;
    std::vector<size_t> dependencies;
    /// The event that the node records, if it is an event node; null otherwise.
    std::shared_ptr<Event> records;
  };
  std::vector<Node> nodes;
};

/// Adds work to a stream or, while the stream is captured, to the graph.
CUDAResult enqueue(CUDAStream stream, Work work);
/// Whether this thread is capturing.
bool isCapturing();
/// The device that a stream belongs to.
Device *deviceOf(CUDAStream stream);

/// Returns the result that FAKE_CUDA_FAIL requests for this call of function `name`, or success.
CUDAResult orderedFailure(const char *name);
std::recursive_mutex &lock();

#define ENTER \
  const std::lock_guard<std::recursive_mutex> guard(fake::lock()); \
  if (const CUDAResult failure = fake::orderedFailure(__func__)) return failure

}  // namespace fake

// Every function of the table is declared with the table's types, so that the compiler checks the
// definitions against them.
extern "C" {
#define DECLARE(result, name, ...) result name(__VA_ARGS__);
CUDA_DRIVER_CALLS(DECLARE)
NVRTC_CALLS(DECLARE)
CUBLAS_CALLS(DECLARE)
#undef DECLARE
}
