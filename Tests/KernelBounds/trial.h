#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels.h"

// A case calls kernels on buffers of exactly their documented sizes and hands over the results. It
// runs twice, with the same numbers: first on the reference library, then on the one under test.

/// Results that the reference gave: floats or bytes.
typedef struct {
  void *data;
  size_t bytes;
} kept_result;

typedef struct {
  /// The kernels to call now.
  const kernel_table *call;
  /// What is being tried, for messages.
  char description[160];
  long mistakes;

  // For trial.c only.
  bool is_reference;
  uint64_t random;
  void **buffers;
  size_t buffer_count, buffer_room;
  kept_result *kept;
  size_t kept_count, kept_room, next;
} trial;

/// Sizes of a case; each case takes the ones that it needs.
typedef struct {
  ptrdiff_t rows, columns, inputs, outputs, batch, size, count;
  int relu;
} sizes;

typedef void (*case_body)(trial *t, const sizes *s);

/// Runs one case on both libraries and compares.
void try_case(trial *t, const kernel_table *reference, const kernel_table *tested,
              const char *name, case_body body, const sizes *s);

/// The next of a fixed sequence of numbers below `limit`.
uint32_t draw(uint64_t *state, uint32_t limit);

// Buffers live to the end of the case. Red zones lie directly before and behind each of them.

/// Numbers from -1 to 1.
float *numbers(trial *t, ptrdiff_t count);
/// Room for results, filled with NaN: what a kernel does not write is seen.
float *room(trial *t, ptrdiff_t count);
/// Whole numbers below `limit`.
uint8_t *bytes(trial *t, ptrdiff_t count, uint32_t limit);
int32_t *indices(trial *t, ptrdiff_t count, uint32_t limit);

/// The 36 matrices of `count` numbers that Winograd's kernels use, `plane` apart; what lies between
/// them must not be touched. Filled with numbers, or with NaN as room for results.
float *places(trial *t, ptrdiff_t count, ptrdiff_t plane, bool for_results);

/// Hands over results: they have to be finite and, up to rounding, what the reference gave.
void keep(trial *t, const float *values, ptrdiff_t count);
void keep_places(trial *t, const float *values, ptrdiff_t count, ptrdiff_t plane);
/// Choices have to be below `limit`; a few may differ, where rounding decides between two.
void keep_choices(trial *t, const uint8_t *values, ptrdiff_t count, uint8_t limit);
