// What the files of the fake driver share. One lock guards everything: every function of the libraries
// begins with ENTER.
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

/// Ends the process with a line that names what was running.
[[noreturn]] __attribute__((format(printf, 1, 2))) void die(const char *format, ...);

/// The kernel that is running, for messages.
extern const char *running;

/// In which order the threads of a block, its blocks and the nodes of a graph take their turns.
enum class Order { natural, reversed, shuffled };

/// Runs all blocks of a kernel.
void runKernel(const std::string &name, const std::function<void()> &kernel, Index grid,
               unsigned threads, Order order);

/// Results that the driver returns, with the driver's numbers.
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
  /// Does work with the memory open.
  void perform(const Work &work);
};
std::vector<Device> &devices();
/// Whether device memory is open to all, as it is to an MPI that knows it.
bool isOpen();
/// The device whose context is current on this thread, or null.
Device *currentDevice();

// --- kernels ---

/// A kernel by its name: how it takes its arguments, and the threads that it is made for.
struct Kernel {
  std::string name;
  unsigned threads;
  std::function<std::function<void()>(void **)> bind;
};
/// All kernels of a precision by name.
std::map<std::string, Kernel> &kernels(int precision);

// --- streams ---

struct Event;

struct Graph {
  struct Node {
    Work work;
    std::vector<size_t> dependencies;
    /// The event that tells the host that the device came by, if the node is that.
    std::shared_ptr<Event> records;
  };
  std::vector<Node> nodes;
};

/// Adds work to a stream or, while it is captured, to the graph.
CUDAResult enqueue(CUDAStream stream, Work work);
/// Whether this thread is capturing.
bool isCapturing();
/// The device that a stream belongs to.
Device *deviceOf(CUDAStream stream);

/// Returns the result that FAKE_CUDA_FAIL asks for, or success.
CUDAResult orderedFailure(const char *name);
std::recursive_mutex &lock();

#define ENTER \
  const std::lock_guard<std::recursive_mutex> guard(fake::lock()); \
  if (const CUDAResult failure = fake::orderedFailure(__func__)) return failure

}  // namespace fake

// Every function of the table is declared with the table's types, so that the compiler holds the
// definitions against them.
extern "C" {
#define DECLARE(result, name, ...) result name(__VA_ARGS__);
CUDA_DRIVER_CALLS(DECLARE)
NVRTC_CALLS(DECLARE)
CUBLAS_CALLS(DECLARE)
#undef DECLARE
}
