#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels.h"

// A case calls kernels on buffers of exactly their documented sizes and passes the results to
// `keep`. It runs twice with the same numbers: first with the reference library, which stores the
// results, then with the library under test, which compares its results with them.

/// Stored results of the reference: floats or bytes.
typedef struct {
  void *data;
  size_t bytes;
} kept_result;

/// The state of the current case.
typedef struct {
  /// The kernels to call: those of the reference or those under test.
  const kernel_table *call;
  /// The case and its sizes, for messages.
  char description[160];
  /// Number of wrong results in all cases so far.
  long mistakes;

  // Used only by trial.c.
  bool is_reference;
  uint64_t random;
  void **buffers;
  size_t buffer_count, buffer_capacity;
  kept_result *kept;
  size_t kept_count, kept_capacity, next;
} trial;

/// Sizes of a case; each case uses those that it needs.
typedef struct {
  ptrdiff_t rows, columns, inputs, outputs, batch, size, count;
  int relu;
} sizes;

typedef void (*case_body)(trial *t, const sizes *s);

/// Runs one case with both libraries and compares the results.
void try_case(trial *t, const kernel_table *reference, const kernel_table *tested,
              const char *name, case_body body, const sizes *s);

/// The next number, below `limit`, of the pseudorandom sequence that `state` defines.
uint32_t draw(uint64_t *state, uint32_t limit);

// Buffers exist until the end of the case. Red zones are directly before and after each buffer.

/// A buffer of random numbers from -1 to 1.
float *numbers(trial *t, ptrdiff_t count);
/// A buffer for results, filled with NaN, so that an element that a kernel does not write is
/// detected.
float *result_buffer(trial *t, ptrdiff_t count);
/// A buffer of random integers below `limit`.
uint8_t *bytes(trial *t, ptrdiff_t count, uint32_t limit);
int32_t *indices(trial *t, ptrdiff_t count, uint32_t limit);

/// A buffer of the 36 matrices that Winograd's kernels use: `count` numbers each, `plane` apart, with
/// red zones between them. The matrices contain random numbers, or NaN if they are for results.
float *places(trial *t, ptrdiff_t count, ptrdiff_t plane, bool for_results);

/// Stores the results of the reference. Under test, checks that the results are finite and equal to
/// those of the reference up to rounding.
void keep(trial *t, const float *values, ptrdiff_t count);
void keep_places(trial *t, const float *values, ptrdiff_t count, ptrdiff_t plane);
/// The same for choices, which must be below `limit`. A few may differ from the reference's, where
/// rounding decides between two values.
void keep_choices(trial *t, const uint8_t *values, ptrdiff_t count, uint8_t limit);
