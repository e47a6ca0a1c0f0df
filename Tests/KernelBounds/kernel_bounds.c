// Runs every kernel on ragged shapes under AddressSanitizer and compares the results with a
// reference:
//   kernel_bounds REFERENCE.so TESTED.so
// REFERENCE is a plain build of the kernels. TESTED is a build for one instruction set with
// AddressSanitizer. run.sh builds both and starts this program.

#include <dlfcn.h>
#include <sanitizer/asan_interface.h>
#include <stdio.h>
#include <stdlib.h>

#include "cases.h"

static trial current;

/// Prints the current case, which AddressSanitizer's report does not contain.
static void name_case(void) { fprintf(stderr, "during: %s\n", current.description); }

static kernel_table load(const char *path) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  kernel_table table = {0};
  if (!library) {
    fprintf(stderr, "%s\n", dlerror());
    exit(2);
  }
#define LOAD(name)                                     \
  table.name = (__typeof__(&name))dlsym(library, #name); \
  if (!table.name) {                                   \
    fprintf(stderr, "%s has no " #name "\n", path);    \
    exit(2);                                           \
  }
  FOR_EACH_KERNEL(LOAD)
#undef LOAD
  return table;
}

/// Numbers of channels around the widths of registers and around VK_CHUNK, the channels of a padded
/// tile that are processed together.
static const ptrdiff_t channels[] = {1,  2,  3,  4,  5,  7,  8,  9,  15, 16,
                                     17, 31, 32, 33, 48, 63, 64, 65, 66, 67};
#define CHANNELS (sizeof channels / sizeof channels[0])

int main(int argument_count, char **arguments) {
  if (argument_count != 3) {
    fprintf(stderr, "usage: kernel_bounds REFERENCE.so TESTED.so\n");
    return 2;
  }
  __asan_set_death_callback(name_case);
  const kernel_table reference = load(arguments[1]), tested = load(arguments[2]);
  uint64_t random = 1;
  long cases = 0;
#define TRY(body, ...)                                                                \
  (cases++, try_case(&current, &reference, &tested, #body, body, &(sizes){__VA_ARGS__}))

  // Every length up to 100, and matrices with that many rows.
  for (ptrdiff_t count = 0; count <= 100; count++) {
    TRY(flat_case, .count = count);
    TRY(winograd_weights_case, .count = count);
    for (size_t i = 0; i < CHANNELS; i++) {
      TRY(matrix_case, .count = count, .outputs = channels[i],
          .batch = 1 + draw(&random, 9), .relu = (int)draw(&random, 2));
    }
  }

  // Numbers of rows up to more than two blocks of 6, and depths around VK_DEPTH, the steps that are
  // packed together.
  for (ptrdiff_t rows = 0; rows <= 14; rows++) {
    for (ptrdiff_t columns = 1; columns <= 10; columns++) {
      TRY(product_case, .count = rows, .size = 1 + draw(&random, 100), .columns = columns);
    }
    TRY(product_case, .count = rows, .size = 255 + rows % 3, .columns = 1 + rows % 6);
    TRY(product_case, .count = 1 + draw(&random, 67), .size = 257 + draw(&random, 400),
        .columns = 1 + draw(&random, 6));
  }

  // Every image size from 5 x 5 to 40 x 40.
  for (ptrdiff_t rows = 5; rows <= 40; rows++) {
    for (ptrdiff_t columns = 5; columns <= 40; columns++) {
      int relu = (int)draw(&random, 2);
      // Many channels in every 12th case only, to save time.
      ptrdiff_t limit = (rows * 7 + columns) % 12 == 0 ? 67 : 8;
      TRY(image_case, .rows = rows, .columns = columns, .inputs = 1 + draw(&random, 67),
          .outputs = 1 + draw(&random, (uint32_t)limit), .size = 1 + draw(&random, 3),
          .count = draw(&random, 40), .relu = relu);
      TRY(winograd_case, .rows = rows, .columns = columns, .inputs = 1 + draw(&random, 3),
          .outputs = 1 + draw(&random, 3), .batch = 1, .count = draw(&random, 2), .relu = relu);
    }
  }

  // Every ragged edge and every pool size with each of `channels`.
  for (size_t i = 0; i < CHANNELS; i++) {
    for (ptrdiff_t edge = 0; edge < 16; edge++) {
      ptrdiff_t rows = 5 + edge / 4, columns = 5 + edge % 4;
      for (ptrdiff_t size = 1; size <= 3; size++) {
        TRY(image_case, .rows = rows, .columns = columns + 4, .inputs = channels[i],
            .outputs = channels[i], .size = size, .count = draw(&random, 8), .relu = size % 2);
      }
      TRY(winograd_case, .rows = rows + (ptrdiff_t)draw(&random, 2) * 4, .columns = columns,
          .inputs = channels[draw(&random, CHANNELS)], .outputs = channels[i],
          .batch = 1 + draw(&random, 2), .count = draw(&random, 2),
          .relu = (int)draw(&random, 2));
    }
  }

  // Batches of 1 to 9 images of random size, and the largest case.
  for (ptrdiff_t i = 0; i < 45; i++) {
    TRY(winograd_case, .rows = 5 + draw(&random, 36), .columns = 5 + draw(&random, 36),
        .inputs = 1 + draw(&random, 67), .outputs = 1 + draw(&random, 67), .batch = 1 + i % 9,
        .count = i, .relu = (int)draw(&random, 2));
  }
  TRY(winograd_case, .rows = 40, .columns = 40, .inputs = 67, .outputs = 67, .batch = 9);
  TRY(image_case, .rows = 40, .columns = 40, .inputs = 67, .outputs = 67, .size = 3);

  printf("%ld cases, %ld mistakes\n", cases, current.mistakes);
  return current.mistakes == 0 ? 0 : 1;
}
