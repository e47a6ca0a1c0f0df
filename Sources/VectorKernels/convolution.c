#include <string.h>

#include "VectorKernels.h"
#include "clones.h"

VK_CLONES
void vk_windows(const float *restrict input, ptrdiff_t row_elements, ptrdiff_t pixels,
                ptrdiff_t kernel, ptrdiff_t channels, float *restrict columns) {
  ptrdiff_t length = kernel * channels;
  for (ptrdiff_t x = 0; x < pixels; x++) {
    for (ptrdiff_t i = 0; i < kernel; i++) {
      const float *restrict from = input + i * row_elements + x * channels;
      float *restrict to = columns + (x * kernel + i) * length;
      for (ptrdiff_t k = 0; k < length; k++) to[k] = from[k];
    }
  }
}

VK_CLONES
void vk_add_windows(const float *restrict columns, ptrdiff_t row_elements, ptrdiff_t pixels,
                    ptrdiff_t kernel, ptrdiff_t channels, float *restrict input) {
  ptrdiff_t length = kernel * channels;
  for (ptrdiff_t i = 0; i < kernel; i++) {
    for (ptrdiff_t x = 0; x < pixels; x++) {
      const float *restrict from = columns + (x * kernel + i) * length;
      float *restrict to = input + i * row_elements + x * channels;
      for (ptrdiff_t k = 0; k < length; k++) to[k] += from[k];
    }
  }
}

VK_CLONES
void vk_max_pool(const float *restrict input, ptrdiff_t rows, ptrdiff_t columns,
                 ptrdiff_t channels, ptrdiff_t size, float *restrict output,
                 uint8_t *restrict choices) {
  ptrdiff_t out_rows = rows / size, out_columns = columns / size;
  for (ptrdiff_t y = 0; y < out_rows; y++) {
    for (ptrdiff_t x = 0; x < out_columns; x++) {
      float *restrict best = output + (y * out_columns + x) * channels;
      uint8_t *restrict choice = choices + (y * out_columns + x) * channels;
      for (ptrdiff_t position = 0; position < size * size; position++) {
        const float *restrict from =
            input +
            ((y * size + position / size) * columns + x * size + position % size) * channels;
        if (position == 0) {
          for (ptrdiff_t c = 0; c < channels; c++) best[c] = from[c];
          for (ptrdiff_t c = 0; c < channels; c++) choice[c] = 0;
        } else {
          for (ptrdiff_t c = 0; c < channels; c++) {
            int better = from[c] > best[c];
            best[c] = better ? from[c] : best[c];
            choice[c] = better ? (uint8_t)position : choice[c];
          }
        }
      }
    }
  }
}

VK_CLONES
void vk_max_pool_gradient(const float *restrict output_gradient, const uint8_t *restrict choices,
                          ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t channels, ptrdiff_t size,
                          float *restrict input_gradient) {
  ptrdiff_t out_rows = rows / size, out_columns = columns / size;
  if (rows % size || columns % size) {
    memset(input_gradient, 0, (size_t)(rows * columns * channels) * sizeof(float));
  }
  for (ptrdiff_t y = 0; y < out_rows; y++) {
    for (ptrdiff_t x = 0; x < out_columns; x++) {
      const float *restrict from = output_gradient + (y * out_columns + x) * channels;
      const uint8_t *restrict choice = choices + (y * out_columns + x) * channels;
      for (ptrdiff_t position = 0; position < size * size; position++) {
        float *restrict to = input_gradient +
                             ((y * size + position / size) * columns + x * size + position % size) *
                                 channels;
        for (ptrdiff_t c = 0; c < channels; c++) to[c] = choice[c] == position ? from[c] : 0;
      }
    }
  }
}
