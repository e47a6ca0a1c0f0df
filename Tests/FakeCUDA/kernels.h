// The kernel text for one precision. To be included once by a file that defines PRECISION.
#include <tuple>

#include "fake.h"
#include "gpu.h"

namespace fake {
namespace {

/// Enters a kernel into the list of its precision.
struct Registration {
  template <class... Arguments>
  Registration(const char *name, unsigned threads, void (*kernel)(Arguments...)) {
    kernels(PRECISION)[name] = {
        name, threads, [kernel, name](void **slots) -> std::function<void()> {
          size_t place = 0;
          std::tuple<std::decay_t<Arguments>...> values{
              *static_cast<std::decay_t<Arguments> *>(argument(slots, place++, name))...};
          // Our launches end the list with a null pointer, which the real driver does not look at.
          if (slots[place]) die("%s: too many arguments", name);
          return [kernel, values] { std::apply(kernel, values); };
        }};
  }
  static void *argument(void **slots, size_t place, const char *name) {
    if (!slots[place]) die("%s: argument %zu is missing", name, place + 1);
    return slots[place];
  }
};

}  // namespace
}  // namespace fake

#define KERNEL(threads, name, ...) \
  static void name(__VA_ARGS__); \
  static const fake::Registration registration_##name(#name, threads, &name); \
  static void name(__VA_ARGS__)

// Each precision is a program of its own: the same names mean different functions.
#define NAMESPACE_(number) precision##number
#define NAMESPACE(number) NAMESPACE_(number)
namespace NAMESPACE(PRECISION) {

#if PRECISION > 0
/// What the tensor instruction is documented to compute (PTX ISA, fragments of mma.m16n8k8 for tf32 and
/// mma.m16n8k16 for bf16): every thread gives its registers and adds up its four sums.
inline void multiplyAdd(float *sums, const unsigned *left, const unsigned *right) {
  const unsigned mine[6] = {left[0], left[1], left[2], left[3], right[0], right[1]};
  const fake::Exchange all = fake::exchange(mine, 6);
  const int lane = threadIdx.x % 32, group = lane / 4, member = lane % 4;
  for (int i = 0; i < 4; i++) {
    const int row = group + i / 2 * 8, column = 2 * member + i % 2;
#if PRECISION == 1
    for (int depth = 0; depth < 8; depth++) {
      const int place = depth % 4, upper = depth / 4;
      const unsigned a = all.given[row % 8 * 4 + place][row / 8 + 2 * upper];
      const unsigned b = all.given[column * 4 + place][4 + upper];
      // The instruction does not look at the 13 last bits.
      sums[i] += __uint_as_float(a & ~0x1fffu) * __uint_as_float(b & ~0x1fffu);
    }
#else
    for (int depth = 0; depth < 16; depth++) {
      const int place = depth % 8 / 2, upper = depth / 8, shift = depth % 2 ? 0 : 16;
      const unsigned a = all.given[row % 8 * 4 + place][row / 8 + 2 * upper];
      const unsigned b = all.given[column * 4 + place][4 + upper];
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
