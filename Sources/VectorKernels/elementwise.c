#include "VectorKernels.h"
#include "clones.h"
#include "lanes.h"

/// Columns whose gradients are summed together.
#define VK_COLUMNS 32
/// Bytes of images that are fetched ahead of the one that is read.
#define VK_AHEAD 8192

VK_CLONES
void vk_gather_normalised(const uint8_t *images, const int32_t *indices, ptrdiff_t count,
                          ptrdiff_t size, const float *restrict scales,
                          const float *restrict shifts, float *restrict out) {
  // A batch's images lie anywhere in memory, where the processor cannot foresee them.
  ptrdiff_t ahead = VK_AHEAD / size;
  for (ptrdiff_t i = 0; i < count; i++) {
    if (ahead > 0 && i + ahead < count) {
      const uint8_t *next = images + (ptrdiff_t)indices[i + ahead] * size;
      for (ptrdiff_t p = 0; p < size; p += 64) __builtin_prefetch(next + p);
    }
    const uint8_t *restrict image = images + (ptrdiff_t)indices[i] * size;
    float *restrict to = out + i * size;
    ptrdiff_t p = 0;
    for (; p + VK_PERIOD <= size; p += VK_PERIOD) {
      for (int k = 0; k < VK_PERIOD; k++) to[p + k] = (float)image[p + k] * scales[k] + shifts[k];
    }
    for (int k = 0; p + k < size; k++) to[p + k] = (float)image[p + k] * scales[k] + shifts[k];
  }
}

VK_CLONES
void vk_add_bias(float *restrict values, const float *restrict bias, ptrdiff_t rows,
                 ptrdiff_t columns, int relu) {
  if (relu) {
    for (ptrdiff_t r = 0; r < rows; r++) {
      float *restrict row = values + r * columns;
      for (ptrdiff_t c = 0; c < columns; c++) {
        float sum = row[c] + bias[c];
        row[c] = sum < 0 ? 0 : sum;  // keeps NaN, so that a diverged run is noticed
      }
    }
  } else {
    for (ptrdiff_t r = 0; r < rows; r++) {
      float *restrict row = values + r * columns;
      for (ptrdiff_t c = 0; c < columns; c++) row[c] += bias[c];
    }
  }
}

void vk_prefetch(const float *numbers, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i += 16) __builtin_prefetch(numbers + i, 0, 2);
}

VK_CLONES
void vk_add(float *restrict sums, const float *restrict values, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) sums[i] += values[i];
}

VK_CLONES
void vk_relu(float *restrict values, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) values[i] = values[i] < 0 ? 0 : values[i];
}

VK_CLONES
void vk_relu_gradient(float *restrict gradient, const float *restrict output, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) gradient[i] = output[i] > 0 ? gradient[i] : 0;
}

/// vk_pass_gradient for `width` columns of rows that begin `stride` numbers after each other.
VK_INLINE void pass_columns(float *restrict gradient, const float *restrict mask,
                            ptrdiff_t mask_stride, ptrdiff_t rows, ptrdiff_t width,
                            ptrdiff_t stride, float *restrict sums) {
  float totals[VK_COLUMNS];
  for (ptrdiff_t c = 0; c < width; c++) totals[c] = sums[c];
  for (ptrdiff_t r = 0; r < rows; r++, gradient += stride, mask += mask_stride) {
    for (ptrdiff_t c = 0; c < width; c++) {
      gradient[c] = mask[c] > 0 ? gradient[c] : 0;
      totals[c] += gradient[c];
    }
  }
  for (ptrdiff_t c = 0; c < width; c++) sums[c] = totals[c];
}

VK_CLONES
void vk_pass_gradient(float *restrict gradient, const float *restrict output, ptrdiff_t rows,
                      ptrdiff_t columns, float *restrict sums) {
  float ones[VK_COLUMNS];
  for (int c = 0; c < VK_COLUMNS; c++) ones[c] = 1;
  // A constant number of columns at a time, so that their sums stay in registers.
  for (ptrdiff_t c = 0; c < columns; c += VK_COLUMNS) {
    const float *mask = output ? output + c : ones;
    ptrdiff_t left = columns - c, mask_stride = output ? columns : 0;
    if (left >= VK_COLUMNS) {
      pass_columns(gradient + c, mask, mask_stride, rows, VK_COLUMNS, columns, sums + c);
    } else {
      pass_columns(gradient + c, mask, mask_stride, rows, left, columns, sums + c);
    }
  }
}
