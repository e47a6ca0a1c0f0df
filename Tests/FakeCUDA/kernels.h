// The kernel text for one precision. A file that defines PRECISION includes it once.
#include <tuple>

#include "fake.h"
#include "gpu.h"

namespace fake {
namespace {

/// Adds a kernel to the list of its precision.
struct Registration {
  template <class... Arguments>
  Registration(const char *name, unsigned threads, void (*kernel)(Arguments...)) {
    kernels(PRECISION)[name] = {
        name, threads, [kernel, name](void **slots) -> std::function<void()> {
          size_t index = 0;
          std::tuple<std::decay_t<Arguments>...> values{
              *static_cast<std::decay_t<Arguments> *>(argument(slots, index++, name))...};
          // CUDAEngine's launches end the list with a null pointer, which the real driver does not
          // read.
          if (slots[index]) die("%s: too many arguments", name);
          return [kernel, values] { std::apply(kernel, values); };
        }};
  }
  static void *argument(void **slots, size_t index, const char *name) {
    if (!slots[index]) die("%s: argument %zu is missing", name, index + 1);
    return slots[index];
  }
};

}  // namespace
}  // namespace fake

#define KERNEL(threads, name, ...) \
  static void name(__VA_ARGS__); \
  static const fake::Registration registration_##name(#name, threads, &name); \
  static void name(__VA_ARGS__)

// Each precision has a namespace, because the same names are different functions in each.
#define NAMESPACE_(number) precision##number
#define NAMESPACE(number) NAMESPACE_(number)
namespace NAMESPACE(PRECISION) {

#if PRECISION > 0
/// The tensor instruction, as its documentation defines it (PTX ISA, fragments of mma.m16n8k8 for
/// tf32 and mma.m16n8k16 for bf16): the threads exchange their registers, and each adds up its four
/// sums.
inline void multiplyAdd(float *sums, const unsigned *left, const unsigned *right) {
  const unsigned registers[6] = {left[0], left[1], left[2], left[3], right[0], right[1]};
  const fake::Exchange all = fake::exchange(registers, 6);
  const int lane = threadIdx.x % 32, group = lane / 4, member = lane % 4;
  for (int i = 0; i < 4; i++) {
    const int row = group + i / 2 * 8, column = 2 * member + i % 2;
#if PRECISION == 1
    for (int depth = 0; depth < 8; depth++) {
      const int owner = depth % 4, upper = depth / 4;
      const unsigned a = all.given[row % 8 * 4 + owner][row / 8 + 2 * upper];
      const unsigned b = all.given[column * 4 + owner][4 + upper];
      // The instruction ignores the 13 lower bits.
      sums[i] += __uint_as_float(a & ~0x1fffu) * __uint_as_float(b & ~0x1fffu);
    }
#else
    for (int depth = 0; depth < 16; depth++) {
      const int owner = depth % 8 / 2, upper = depth / 8, shift = depth % 2 ? 0 : 16;
      const unsigned a = all.given[row % 8 * 4 + owner][row / 8 + 2 * upper];
      const unsigned b = all.given[column * 4 + owner][4 + upper];
      sums[i] += __uint_as_float(a << shift & 0xffff0000u) * __uint_as_float(b << shift & 0xffff0000u);
    }
#endif
  }
}
#endif

#include "../../Sources/CUDAEngine/Kernels/base.cuh"
#include "../../Sources/CUDAEngine/Kernels/elementwise.cuh"
#include "../../Sources/CUDAEngine/Kernels/loss.cuh"
#include "../../Sources/CUDAEngine/Kernels/update.cuh"

#define FOR_ALL_TILES(PRODUCT) PRODUCT(MediumTile) PRODUCT(NarrowTile) PRODUCT(SmallTile)
FOR_ALL_TILES(PRODUCT_full_outputs)
FOR_ALL_TILES(PRODUCT_full_weights)
FOR_ALL_TILES(PRODUCT_full_inputs)
FOR_ALL_TILES(PRODUCT_conv_outputs)
FOR_ALL_TILES(PRODUCT_conv_pooled)
FOR_ALL_TILES(PRODUCT_conv_weights)
FOR_ALL_TILES(PRODUCT_conv_inputs)

}  // namespace NAMESPACE(PRECISION)
