#include "cases.h"

void flat_case(trial *t, const sizes *s) {
  ptrdiff_t count = s->count;
  const float *values = numbers(t, count);
  float *sums = numbers(t, count), *clipped = numbers(t, count), *masked = numbers(t, count);
  t->call->vk_add(sums, values, count);
  keep(t, sums, count);
  t->call->vk_relu(clipped, count);
  keep(t, clipped, count);
  t->call->vk_relu_gradient(masked, values, count);
  keep(t, masked, count);

  float *parameters = numbers(t, count), *means = numbers(t, count), *squares = numbers(t, count);
  for (ptrdiff_t i = 0; i < count; i++) squares[i] = squares[i] * squares[i] + 0.01f;
  // From two arrays of gradients to an array of its own, then from one array, in place.
  float *updated = result_buffer(t, count);
  vk_update summed = {parameters, updated, values, masked, 0.5f, count};
  vk_update in_place = {updated, updated, values, values, 0.25f, count};
  t->call->vk_adam(summed, means, squares, 0.99f, 0.1f, 1.5f, 0.1f, 0.999f, 0.001f, 1e-8f);
  keep(t, updated, count);
  t->call->vk_adam(in_place, means, squares, 0.99f, 0.1f, 1.5f, 0.1f, 0.999f, 0.001f, 1e-8f);
  keep(t, updated, count);
  keep(t, means, count);
  keep(t, squares, count);
  t->call->vk_prefetch(parameters, count);
  float *copy = result_buffer(t, count);
  t->call->vk_copy_uncached(parameters, count, copy);
  keep(t, copy, count);
  t->call->vk_sgd(summed, 0.1f, 0.01f);
  keep(t, updated, count);
  t->call->vk_sgd(in_place, 0.1f, 0.01f);
  keep(t, updated, count);
  t->call->vk_sgd_momentum(summed, means, 0.1f, 0.01f, 0.9f);
  keep(t, updated, count);
  t->call->vk_sgd_momentum(in_place, means, 0.1f, 0.01f, 0.9f);
  keep(t, updated, count);
  keep(t, means, count);
}

void matrix_case(trial *t, const sizes *s) {
  ptrdiff_t rows = s->count, columns = s->outputs, count = rows * columns;
  float *values = numbers(t, count);
  t->call->vk_add_bias(values, numbers(t, columns), rows, columns, s->relu);
  keep(t, values, count);

  float *gradient = numbers(t, count), *sums = numbers(t, columns);
  const float *output = s->relu ? numbers(t, count) : NULL;
  t->call->vk_pass_gradient(gradient, output, rows, columns, sums);
  keep(t, gradient, count);
  keep(t, sums, columns);

  float *sums_of_products = numbers(t, 32);
  t->call->vk_multiply_add(rows % 2 ? 6 : 3, rows, sums_of_products);
  keep(t, sums_of_products, 16);

  float *transposed = result_buffer(t, count);
  t->call->vk_transpose(values, rows, columns, columns, transposed);
  keep(t, transposed, count);

  // Gathers `batch` of `rows` images, among them the last one, which is next to the red zone.
  if (rows == 0) return;
  const uint8_t *images = bytes(t, count, 256);
  int32_t *chosen = indices(t, s->batch, (uint32_t)rows);
  chosen[s->batch - 1] = (int32_t)rows - 1;
  float *gathered = result_buffer(t, s->batch * columns);
  t->call->vk_gather_normalised(images, chosen, s->batch, columns, numbers(t, VK_PERIOD),
                                numbers(t, VK_PERIOD), gathered);
  keep(t, gathered, s->batch * columns);
}

/// Products of pairs of bfloat16, where the processor has them: of `rows` x 16 `depth` numbers.
static void try_pairs(trial *t, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth) {
  if (!t->call->vk_has_bfloat16()) return;
  ptrdiff_t pairs = 8 * depth;
  float *left = result_buffer(t, rows * pairs), *right = result_buffer(t, pairs * columns);
  t->call->vk_pair_neighbours(numbers(t, 2 * rows * pairs), 2 * rows * pairs, left);
  keep(t, left, rows * pairs);
  t->call->vk_pair_rows(numbers(t, 2 * pairs * columns), 2 * pairs, columns, right);
  keep(t, right, pairs * columns);
  float *odd = result_buffer(t, (rows + 1) / 2 * columns);
  t->call->vk_pair_rows(numbers(t, rows * columns), rows, columns, odd);
  keep(t, odd, (rows + 1) / 2 * columns);
  float *packed = result_buffer(t, rows * columns);
  t->call->vk_multiply_pairs_packing(left, pairs, 1, right, rows, columns, pairs, packed);
  keep(t, packed, rows * columns);
  float *by_rows = result_buffer(t, rows * ((rows + 15) / 16 * 16));
  t->call->vk_multiply_pairs_rows(left, left, rows, rows, pairs, by_rows);
  keep(t, by_rows, rows * ((rows + 15) / 16 * 16));
}

void product_case(trial *t, const sizes *s) {
  ptrdiff_t rows = s->count, depth = s->size, columns = 16 * s->columns;
  const float *a = numbers(t, rows * depth), *b = numbers(t, depth * columns);
  // A product of two matrices with `rows` rows each: its columns need not be a multiple of 16.
  float *by_rows = result_buffer(t, rows * ((rows + 15) / 16 * 16));
  t->call->vk_multiply_rows(a, numbers(t, rows * depth), rows, rows, depth, by_rows);
  keep(t, by_rows, rows * ((rows + 15) / 16 * 16));
  for (int transposed = 0; transposed < 2; transposed++) {
    ptrdiff_t row = transposed ? 1 : depth, step = transposed ? rows : 1;
    float *c = result_buffer(t, rows * columns);
    t->call->vk_multiply(a, row, step, b, rows, columns, depth, 0, c);
    keep(t, c, rows * columns);
    t->call->vk_multiply(a, row, step, b, rows, columns, depth, 1, c);
    keep(t, c, rows * columns);
    float *packed = result_buffer(t, rows * columns);
    t->call->vk_multiply_packing(a, row, step, b, rows, columns, depth, packed);
    keep(t, packed, rows * columns);
  }
  try_pairs(t, rows, columns, 1 + depth / 16);
}

/// Tries the windows of the first `pixels` outputs of one row, and their adjoint.
static void try_windows(trial *t, const sizes *s, ptrdiff_t pixels) {
  ptrdiff_t row = s->columns * s->inputs, square = s->size * s->size * s->inputs;
  ptrdiff_t touched = (s->size - 1) * row + (pixels + s->size - 1) * s->inputs;
  float *copies = result_buffer(t, pixels * square);
  t->call->vk_windows(numbers(t, touched), row, pixels, s->size, s->inputs, copies);
  keep(t, copies, pixels * square);
  float *sums = numbers(t, touched);
  t->call->vk_add_windows(numbers(t, pixels * square), row, pixels, s->size, s->inputs, sums);
  keep(t, sums, touched);
}

static void try_pooling(trial *t, const sizes *s) {
  ptrdiff_t count = s->rows * s->columns * s->outputs;
  ptrdiff_t pooled = (s->rows / s->size) * (s->columns / s->size) * s->outputs;
  uint8_t limit = (uint8_t)(s->size * s->size);
  float *output = result_buffer(t, pooled);
  uint8_t *choices = bytes(t, pooled, 256);
  t->call->vk_max_pool(numbers(t, count), s->rows, s->columns, s->outputs, s->size, output,
                       choices);
  keep(t, output, pooled);
  keep_choices(t, choices, pooled, limit);
  float *gradient = result_buffer(t, count);
  t->call->vk_max_pool_gradient(numbers(t, pooled), bytes(t, pooled, limit), s->rows, s->columns,
                                s->outputs, s->size, gradient);
  keep(t, gradient, count);
}

void image_case(trial *t, const sizes *s) {
  ptrdiff_t widest = s->columns - s->size + 1;
  try_windows(t, s, widest);
  try_windows(t, s, 1 + s->count % widest);
  try_pooling(t, s);

  ptrdiff_t results = (s->rows - 2) * (s->columns - 2) * s->outputs;
  ptrdiff_t inputs = 1 + s->inputs % VK_MOST_INPUTS, weights = 9 * inputs * s->outputs;
  const float *image = numbers(t, s->rows * s->columns * inputs);
  float *output = result_buffer(t, results);
  t->call->vk_convolve_direct(image, s->rows, s->columns, inputs, numbers(t, weights),
                              numbers(t, s->outputs), s->outputs, s->relu, output);
  keep(t, output, results);
  float *gradient = numbers(t, results), *sums = numbers(t, weights);
  float *bias_sums = numbers(t, s->outputs);
  t->call->vk_convolve_direct_gradient(image, s->rows, s->columns, inputs, gradient,
                                       s->relu ? output : NULL, s->outputs, sums, bias_sums);
  keep(t, gradient, results);
  keep(t, sums, weights);
  keep(t, bias_sums, s->outputs);
}
