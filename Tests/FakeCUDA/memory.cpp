// Device memory: every allocation ends at a guard page, is filled with 0xFF, and is closed to the
// host except while the device works. Locked host memory is ordinary memory.
#include <stdlib.h>
#include <sys/mman.h>

#include "fake.h"

namespace fake {

static constexpr size_t page = 4096;

bool isOpen() {
  static const bool isOpen = getenv("FAKE_CUDA_OPEN");
  return isOpen;
}

void Device::protect(bool isClosed) {
  if (isOpen()) return;
  for (auto &[address, allocation] : allocations)
    mprotect(allocation.mapping, allocation.mappedBytes, isClosed ? PROT_NONE : PROT_READ | PROT_WRITE);
}

static std::map<char *, size_t> &registered() {
  static std::map<char *, size_t> ranges;
  return ranges;
}

}  // namespace fake

using namespace fake;

CUDAResult cuMemAlloc_v2(CUDAAddress *address, size_t bytes) {
  ENTER;
  Device *device = currentDevice();
  if (!device) return invalidContext;
  if (bytes == 0) return invalidValue;
  if (isCapturing()) return captureUnsupported;
  // The allocation ends at the guard page, with less than 16 bytes between them, so that an access
  // soon after the end fails.
  const size_t used = (bytes + 15) / 16 * 16, mapped = (used + page - 1) / page * page;
  void *mapping = mmap(nullptr, mapped + page, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) return outOfMemory;
  char *start = static_cast<char *>(mapping);
  memset(start, 0xff, mapped);
  if (isOpen())
    mprotect(start + mapped, page, PROT_NONE);
  else
    mprotect(start, mapped + page, PROT_NONE);
  *address = reinterpret_cast<CUDAAddress>(start + mapped - used);
  device->allocations[*address] = {start, mapped};
  return success;
}

CUDAResult cuMemFree_v2(CUDAAddress address) {
  ENTER;
  for (Device &device : devices()) {
    const auto found = device.allocations.find(address);
    if (found == device.allocations.end()) continue;
    munmap(found->second.mapping, found->second.mappedBytes + page);
    device.allocations.erase(found);
    return success;
  }
  return invalidValue;
}

CUDAResult cuMemHostAlloc(void **memory, size_t bytes, unsigned) {
  ENTER;
  if (bytes == 0) return invalidValue;
  if (isCapturing()) return captureUnsupported;
  *memory = aligned_alloc(page, (bytes + page - 1) / page * page);
  if (!*memory) return outOfMemory;
  memset(*memory, 0xff, bytes);
  return success;
}

CUDAResult cuMemFreeHost(void *memory) {
  ENTER;
  free(memory);
  return success;
}

CUDAResult cuMemHostRegister_v2(void *memory, size_t bytes, unsigned) {
  ENTER;
  if (!memory || bytes == 0) return invalidValue;
  char *start = static_cast<char *>(memory);
  for (auto &[other, size] : registered())
    if (other < start + bytes && start < other + size) return alreadyRegistered;
  registered()[start] = bytes;
  return success;
}

CUDAResult cuMemHostUnregister(void *memory) {
  ENTER;
  return registered().erase(static_cast<char *>(memory)) ? success : notRegistered;
}

CUDAResult cuMemcpyHtoDAsync_v2(CUDAAddress to, const void *from, size_t bytes, CUDAStream stream) {
  ENTER;
  return enqueue(stream, {"copy to the device", [=] {
                            memcpy(reinterpret_cast<void *>(to), from, bytes);
                          }});
}

CUDAResult cuMemcpyDtoHAsync_v2(void *to, CUDAAddress from, size_t bytes, CUDAStream stream) {
  ENTER;
  return enqueue(stream, {"copy to the host", [=] {
                            memcpy(to, reinterpret_cast<const void *>(from), bytes);
                          }});
}

CUDAResult cuMemsetD32Async(CUDAAddress to, unsigned value, size_t count, CUDAStream stream) {
  ENTER;
  return enqueue(stream, {"set", [=] {
                            for (size_t i = 0; i < count; i++)
                              reinterpret_cast<unsigned *>(to)[i] = value;
                          }});
}
