#include "trial.h"

#include <math.h>
#include <sanitizer/asan_interface.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Largest allowed difference from the reference, relative to the reference's largest number.
/// Instruction sets differ by the rounding of fused multiply-adds, over sums of up to 1600 terms.
static const double tolerance = 2e-5;

uint32_t draw(uint64_t *state, uint32_t limit) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)((*state >> 32) * limit >> 32);
}

static void *allocate(trial *t, size_t size) {
  if (t->buffer_count == t->buffer_capacity) {
    t->buffer_capacity = 2 * t->buffer_capacity + 16;
    t->buffers = realloc(t->buffers, t->buffer_capacity * sizeof(void *));
  }
  return t->buffers[t->buffer_count++] = malloc(size);
}

static void fill(trial *t, float *values, ptrdiff_t count, bool for_results) {
  for (ptrdiff_t i = 0; i < count; i++) {
    values[i] = for_results ? NAN : (float)draw(&t->random, 1 << 24) * 0x1p-23f - 1;
  }
}

float *numbers(trial *t, ptrdiff_t count) {
  float *values = allocate(t, (size_t)count * sizeof(float));
  fill(t, values, count, false);
  return values;
}

float *result_buffer(trial *t, ptrdiff_t count) {
  float *values = allocate(t, (size_t)count * sizeof(float));
  fill(t, values, count, true);
  return values;
}

uint8_t *bytes(trial *t, ptrdiff_t count, uint32_t limit) {
  uint8_t *values = allocate(t, (size_t)count);
  for (ptrdiff_t i = 0; i < count; i++) values[i] = (uint8_t)draw(&t->random, limit);
  return values;
}

int32_t *indices(trial *t, ptrdiff_t count, uint32_t limit) {
  int32_t *values = allocate(t, (size_t)count * sizeof(int32_t));
  for (ptrdiff_t i = 0; i < count; i++) values[i] = (int32_t)draw(&t->random, limit);
  return values;
}

float *places(trial *t, ptrdiff_t count, ptrdiff_t plane, bool for_results) {
  float *values = allocate(t, (size_t)(35 * plane + count) * sizeof(float));
  for (ptrdiff_t matrix = 0; matrix < 36; matrix++) {
    fill(t, values + matrix * plane, count, for_results);
    if (matrix < 35) {
      ASAN_POISON_MEMORY_REGION(values + matrix * plane + count,
                                (size_t)(plane - count) * sizeof(float));
    }
  }
  return values;
}

/// Counts a wrong result and prints the first ten.
static void report(trial *t, const char *what, ptrdiff_t at, double value, double wanted) {
  if (t->mistakes++ < 10) {
    printf("%s: %s at %td: %g, the reference has %g\n", t->description, what, at, value, wanted);
  }
}

/// In the run of the reference, stores a result and returns NULL. In the run under test, returns
/// the reference's result.
static const void *reference_result(trial *t, const void *data, size_t size) {
  if (!t->is_reference) {
    const kept_result *result = &t->kept[t->next++];
    if (t->next <= t->kept_count && result->bytes == size) return result->data;
    printf("%s: the reference did something else\n", t->description);
    exit(1);
  }
  if (t->kept_count == t->kept_capacity) {
    t->kept_capacity = 2 * t->kept_capacity + 16;
    t->kept = realloc(t->kept, t->kept_capacity * sizeof(kept_result));
  }
  kept_result *result = &t->kept[t->kept_count++];
  *result = (kept_result){malloc(size), size};
  memcpy(result->data, data, size);
  return NULL;
}

void keep(trial *t, const float *values, ptrdiff_t count) {
  const float *wanted = reference_result(t, values, (size_t)count * sizeof(float));
  if (!wanted) return;
  double largest = 0;
  for (ptrdiff_t i = 0; i < count; i++) largest = fmax(largest, fabs((double)wanted[i]));
  for (ptrdiff_t i = 0; i < count; i++) {
    if (!isfinite(values[i])) {
      report(t, "not a finite number", i, values[i], wanted[i]);
    } else if (!(fabs((double)values[i] - wanted[i]) <= tolerance * largest)) {
      report(t, "a difference", i, values[i], wanted[i]);
    }
  }
}

void keep_places(trial *t, const float *values, ptrdiff_t count, ptrdiff_t plane) {
  for (ptrdiff_t matrix = 0; matrix < 36; matrix++) keep(t, values + matrix * plane, count);
}

void keep_choices(trial *t, const uint8_t *values, ptrdiff_t count, uint8_t limit) {
  const uint8_t *wanted = reference_result(t, values, (size_t)count);
  if (!wanted) return;
  ptrdiff_t differences = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    if (values[i] >= limit) report(t, "no such choice", i, values[i], wanted[i]);
    differences += values[i] != wanted[i];
  }
  if (differences > 2 + count / 1000) {
    report(t, "many other choices", count, (double)differences, 0);
  }
}

static void run_once(trial *t, const kernel_table *call, uint64_t seed, case_body body,
                     const sizes *s) {
  t->call = call;
  t->random = seed;
  body(t, s);
  for (size_t i = 0; i < t->buffer_count; i++) free(t->buffers[i]);
  t->buffer_count = 0;
}

void try_case(trial *t, const kernel_table *reference, const kernel_table *tested,
              const char *name, case_body body, const sizes *s) {
  snprintf(t->description, sizeof t->description,
           "%s, %td x %td, channels %td -> %td, batch %td, size %td, count %td, relu %d", name,
           s->rows, s->columns, s->inputs, s->outputs, s->batch, s->size, s->count, s->relu);
  uint64_t seed = (uint64_t)(s->rows * 41 + s->columns) * 71 + (uint64_t)s->outputs;
  t->is_reference = true;
  run_once(t, reference, seed, body, s);
  t->is_reference = false;
  t->next = 0;
  run_once(t, tested, seed, body, s);
  for (size_t i = 0; i < t->kept_count; i++) free(t->kept[i].data);
  t->kept_count = 0;
}
