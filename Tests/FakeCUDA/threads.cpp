// The threads of a block as fibers.
//
// A fiber runs one thread after the other, so that a kernel without barriers is a plain loop. A
// thread that waits keeps its fiber. A fiber is entered for the first time by ucontext; all later
// switches use _setjmp and _longjmp, which make no system call.
#include <setjmp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <vector>

#include "fake.h"
#include "gpu.h"

fake::Index threadIdx, blockIdx, blockDim, gridDim;

namespace fake {
namespace {

constexpr size_t stackBytes = 256 << 10, sharedBytes = 48 << 10, page = 4096;

struct Fiber {
  ucontext_t start;
  jmp_buf state;
  bool isStarted = false;
  unsigned thread = 0;

  Fiber();
};

/// The words that the 32 threads of a warp exchange. Two sets are used in turn: a thread may begin
/// the next exchange before the others have read the words of this one.
struct Warp {
  uint32_t given[2][32][Exchange::words];
  std::array<int, 32> turn;
  std::vector<Fiber *> waiting;
};

struct Block {
  const std::function<void()> *kernel = nullptr;
  unsigned threads = 0, finished = 0;
  std::vector<unsigned> pending;
  std::vector<Fiber *> ready, idle, waiting;
  std::vector<Warp> warps;
  Order order = Order::natural;
  std::minstd_rand random{1};
  jmp_buf scheduler;
  Fiber *current = nullptr;
  char *shared = nullptr;
};

Block block;

/// Stops the running thread until another thread makes its fiber ready again.
void pause() {
  Fiber *self = block.current;
  if (_setjmp(self->state) == 0) _longjmp(block.scheduler, 1);
}

/// The main function of a fiber: runs pending threads of the block.
void work() {
  for (;;) {
    Fiber *self = block.current;
    while (!block.pending.empty()) {
      self->thread = block.pending.back();
      block.pending.pop_back();
      threadIdx = {self->thread, 0, 0};
      (*block.kernel)();
      block.finished++;
    }
    block.idle.push_back(self);
    pause();
  }
}

Fiber::Fiber() {
  char *stack = static_cast<char *>(mmap(nullptr, stackBytes + page, PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  if (stack == MAP_FAILED) die("no memory for a fiber's stack");
  mprotect(stack, page, PROT_NONE);
  getcontext(&start);
  start.uc_stack.ss_sp = stack + page;
  start.uc_stack.ss_size = stackBytes;
  makecontext(&start, work, 0);
}

/// Runs a fiber until it waits or no thread is pending.
void resume(Fiber *fiber) {
  block.current = fiber;
  threadIdx = {fiber->thread, 0, 0};
  if (_setjmp(block.scheduler) == 0) {
    if (fiber->isStarted) _longjmp(fiber->state, 1);
    fiber->isStarted = true;
    setcontext(&fiber->start);
  }
}

/// The fiber to run next; null if all fibers wait.
Fiber *next() {
  if (!block.ready.empty()) {
    size_t index = block.ready.size() - 1;
    if (block.order == Order::shuffled) index = block.random() % block.ready.size();
    Fiber *fiber = block.ready[index];
    block.ready.erase(block.ready.begin() + index);
    return fiber;
  }
  if (block.pending.empty()) return nullptr;
  if (block.idle.empty()) return new Fiber;
  Fiber *fiber = block.idle.back();
  block.idle.pop_back();
  return fiber;
}

/// Makes all waiting fibers ready, except the caller's, which continues.
void release(std::vector<Fiber *> &waiting) {
  for (Fiber *fiber : waiting)
    if (fiber != block.current) block.ready.push_back(fiber);
  waiting.clear();
}

void runBlock() {
  block.finished = 0;
  block.pending.resize(block.threads);
  // Threads are taken from the end of the list.
  for (unsigned i = 0; i < block.threads; i++)
    block.pending[i] = block.order == Order::reversed ? i : block.threads - 1 - i;
  if (block.order == Order::shuffled)
    std::shuffle(block.pending.begin(), block.pending.end(), block.random);
  block.warps.resize((block.threads + 31) / 32);
  for (Warp &warp : block.warps) warp.turn.fill(0);
  memset(block.shared, 0xff, sharedBytes);
  while (block.finished < block.threads) {
    Fiber *fiber = next();
    if (!fiber) {
      die("the threads of a block wait for each other: %u of %u are done, %zu are at a barrier",
          block.finished, block.threads, block.waiting.size());
    }
    resume(fiber);
  }
}

}  // namespace

void barrier() {
  block.waiting.push_back(block.current);
  if (block.waiting.size() == block.threads) {
    release(block.waiting);
  } else {
    pause();
  }
}

Exchange exchange(const uint32_t *words, int count) {
  const unsigned thread = block.current->thread, lane = thread % 32;
  Warp &warp = block.warps[thread / 32];
  auto &given = warp.given[warp.turn[lane]];
  warp.turn[lane] = 1 - warp.turn[lane];
  memcpy(given[lane], words, count * sizeof *words);
  warp.waiting.push_back(block.current);
  if (warp.waiting.size() == 32) {
    release(warp.waiting);
  } else {
    pause();
  }
  return {given};
}

void *sharedMemory(size_t bytes) {
  if (bytes > sharedBytes) die("%zu bytes of shared memory, %zu are there", bytes, sharedBytes);
  return block.shared + sharedBytes - (bytes + 15) / 16 * 16;
}

void runKernel(const std::string &name, const std::function<void()> &kernel, Index grid,
               unsigned threads, Order order) {
  if (!block.shared) {
    block.shared = static_cast<char *>(mmap(nullptr, sharedBytes + page, PROT_READ | PROT_WRITE,
                                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (block.shared == MAP_FAILED) die("no shared memory");
    mprotect(block.shared + sharedBytes, page, PROT_NONE);
  }
  block.kernel = &kernel;
  block.threads = threads;
  block.order = order;
  running = name.c_str();
  gridDim = grid;
  blockDim = {threads, 1, 1};
  const uint64_t blocks = static_cast<uint64_t>(grid.x) * grid.y * grid.z;
  for (uint64_t i = 0; i < blocks; i++) {
    const uint64_t number = order == Order::natural ? i : blocks - 1 - i;
    blockIdx.x = number % grid.x;
    blockIdx.y = number / grid.x % grid.y;
    blockIdx.z = number / grid.x / grid.y;
    runBlock();
  }
  running = nullptr;
}

}  // namespace fake
