#include "cases.h"

/// The sizes that all kernels of one pass over a batch use.
typedef struct {
  vk_winograd_shape shape;
  /// Tiles per image, and numbers per image before and after the convolution.
  ptrdiff_t tiles, before, after;
  /// Numbers in each of the 36 matrices, over the batch, and distance from one matrix to the next:
  /// for the transformed inputs (v) and outputs (m).
  ptrdiff_t v_count, v_plane, m_count, m_plane;
} layout;

static layout make_layout(const sizes *s, int pooled) {
  ptrdiff_t rows = s->rows - 2, columns = s->columns - 2;
  if (pooled) {
    rows = rows / 2 * 2;
    columns = columns / 2 * 2;
  }
  layout l = {.shape = {s->rows, s->columns, s->inputs, rows, columns, s->outputs}};
  l.tiles = (rows + 3) / 4 * ((columns + 3) / 4);
  l.before = s->rows * s->columns * s->inputs;
  l.after = rows * columns * s->outputs / (pooled ? 4 : 1);
  l.v_count = s->batch * l.tiles * s->inputs;
  l.m_count = s->batch * l.tiles * s->outputs;
  // Without a gap between the matrices, or with one if `count` is odd.
  l.v_plane = l.v_count + s->count % 2 * 16;
  l.m_plane = l.m_count + s->count % 2 * 16;
  return l;
}

static void try_inputs(trial *t, const sizes *s, const layout *l) {
  float *v = places(t, l->v_count, l->v_plane, true);
  for (ptrdiff_t i = 0; i < s->batch; i++) {
    // Each image has a separate buffer, so that a read beyond its end is detected.
    t->call->vk_winograd_input(&l->shape, numbers(t, l->before), l->v_plane,
                               v + i * l->tiles * s->inputs);
  }
  keep_places(t, v, l->v_count, l->v_plane);

  const float *gradient = places(t, l->v_count, l->v_plane, false);
  for (ptrdiff_t i = 0; i < s->batch; i++) {
    float *image = numbers(t, l->before);
    t->call->vk_winograd_input_adjoint(&l->shape, gradient + i * l->tiles * s->inputs, l->v_plane,
                                       image);
    keep(t, image, l->before);
  }
}

static void try_outputs(trial *t, const sizes *s, const layout *l) {
  const float *m = places(t, l->m_count, l->m_plane, false), *bias = numbers(t, s->outputs);
  float *gradient = places(t, l->m_count, l->m_plane, true), *sums = numbers(t, s->outputs);
  for (ptrdiff_t i = 0; i < s->batch; i++) {
    ptrdiff_t first = i * l->tiles * s->outputs;
    float *output = result_buffer(t, l->after);
    t->call->vk_winograd_output(&l->shape, m + first, l->m_plane, bias, s->relu, output);
    keep(t, output, l->after);
    const float *mask = s->relu ? numbers(t, l->after) : NULL;
    t->call->vk_winograd_gradient(&l->shape, numbers(t, l->after), mask, l->m_plane,
                                  gradient + first, sums);
  }
  keep_places(t, gradient, l->m_count, l->m_plane);
  keep(t, sums, s->outputs);
}

static void try_pooled_outputs(trial *t, const sizes *s, const layout *l) {
  const float *m = places(t, l->m_count, l->m_plane, false), *bias = numbers(t, s->outputs);
  float *gradient = places(t, l->m_count, l->m_plane, true), *sums = numbers(t, s->outputs);
  for (ptrdiff_t i = 0; i < s->batch; i++) {
    ptrdiff_t first = i * l->tiles * s->outputs;
    float *output = result_buffer(t, l->after);
    uint8_t *choices = bytes(t, l->after, 256);
    t->call->vk_winograd_output_pooled(&l->shape, m + first, l->m_plane, bias, s->relu, output,
                                       choices);
    keep(t, output, l->after);
    keep_choices(t, choices, l->after, s->relu ? 5 : 4);
    t->call->vk_winograd_gradient_pooled(&l->shape, numbers(t, l->after), bytes(t, l->after, 5),
                                         l->m_plane, gradient + first, sums);
  }
  keep_places(t, gradient, l->m_count, l->m_plane);
  keep(t, sums, s->outputs);
}

void winograd_case(trial *t, const sizes *s) {
  layout all = make_layout(s, 0), pooled = make_layout(s, 1);
  try_inputs(t, s, &all);
  try_inputs(t, s, &pooled);
  try_outputs(t, s, &all);
  try_pooled_outputs(t, s, &pooled);
}

void winograd_weights_case(trial *t, const sizes *s) {
  float *u = result_buffer(t, 36 * s->count), *weights = result_buffer(t, 9 * s->count);
  t->call->vk_winograd_weights(numbers(t, 9 * s->count), s->count, u);
  keep(t, u, 36 * s->count);
  t->call->vk_winograd_weights_adjoint(numbers(t, 36 * s->count), s->count, weights);
  keep(t, weights, 9 * s->count);
}
