// The innermost loops: the sums that a thread, or a warp with tensor cores, keeps in registers.

#if PRECISION == 0

/// The threadRows x threadColumns sums of a thread.
template <class T> struct Sums {
  static constexpr int count = T::threadRows * T::threadColumns;
  float value[T::threadRows][T::threadColumns];

  __device__ Sums() {
#pragma unroll
    for (int i = 0; i < T::threadRows; i++)
#pragma unroll
      for (int j = 0; j < T::threadColumns; j++) value[i][j] = 0.0f;
  }

  __device__ static int row() { return T::thread() / (T::columns / T::threadColumns) * T::threadRows; }
  __device__ static int column() {
    return T::thread() % (T::columns / T::threadColumns) * T::threadColumns;
  }

  /// The factors of one step: enough depths for 32 multiplications, which take as long as a read from
  /// shared memory.
  struct Step {
    static constexpr int depth = 32 / count;
    alignas(16) float left[depth][T::threadRows];
    alignas(16) float right[depth][T::threadColumns];

    __device__ void read(const Slices<T> &slices, int first) {
#pragma unroll
      for (int i = first; i < first + depth; i++) {
        copy<T::threadRows>(left[i - first], &slices.left[i][swizzled(i, Sums::row())]);
        copy<T::threadColumns>(right[i - first], &slices.right[i][swizzled(i, Sums::column())]);
      }
    }
  };

  /// Four sums, to be written to memory and read back by `join`.
  __device__ Quad quad(int number) const {
    Quad quad;
#pragma unroll
    for (int i = 0; i < 4; i++)
      quad.value[i] = value[(number * 4 + i) / T::threadColumns][(number * 4 + i) % T::threadColumns];
    return quad;
  }
  __device__ void setQuad(int number, const Quad &quad) {
#pragma unroll
    for (int i = 0; i < 4; i++)
      value[(number * 4 + i) / T::threadColumns][(number * 4 + i) % T::threadColumns] = quad.value[i];
  }

  __device__ void add(const Step &step) {
#pragma unroll
    for (int depth = 0; depth < Step::depth; depth++)
#pragma unroll
      for (int i = 0; i < T::threadRows; i++)
#pragma unroll
        for (int j = 0; j < T::threadColumns; j++)
          value[i][j] += step.left[depth][i] * step.right[depth][j];
  }

  /// Adds the products of `count` depths, with zeros up to a multiple of eight.
  ///
  /// The factors of the next step are read while those of this one are multiplied.
  __device__ void add(const Slices<T> &slices, unsigned count) {
    constexpr int steps = 8 / Step::depth;
    Step step[2];
    step[0].read(slices, 0);
#pragma unroll 1
    for (unsigned first = 0; first < count; first += 8) {
#pragma unroll
      for (int i = 0; i < steps; i++) {
        // The last read is not used: a branch around it would keep the compiler from moving loads up.
        const int next = (first + (i + 1) * Step::depth) % (T::ahead * T::depth);
        step[(i + 1) % 2].read(slices, next);
        add(step[i % 2]);
      }
    }
  }

  __device__ void store(Result<T> &result) const {
    const int row = Sums::row(), column = Sums::column();
#pragma unroll
    for (int i = 0; i < T::threadRows; i++)
#pragma unroll
      for (int j = 0; j < T::threadColumns; j++) result.value[row + i][column + j] = value[i][j];
  }
};

#else

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
#error "tf32 and bfloat16 need compute capability 8.0"
#endif

#if PRECISION == 1
/// Depths that one tensor instruction multiplies.
constexpr int tensorDepth = 8;
#else
constexpr int tensorDepth = 16;

/// Two rounded numbers in one register, the first in the lower half.
__device__ inline unsigned packed(float low, float high) {
  return __float_as_uint(low) >> 16 | (__float_as_uint(high) & 0xffff0000u);
}
#endif

#ifdef __CUDA_ARCH__
/// `sums += left * right` for a tile of 16 x 8, spread over a warp (PTX ISA, mma.m16n8k8 and
/// mma.m16n8k16).
__device__ inline void multiplyAdd(float *sums, const unsigned *left, const unsigned *right) {
#if PRECISION == 1
  asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};"
#else
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};"
#endif
      : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
      : "r"(left[0]), "r"(left[1]), "r"(left[2]), "r"(left[3]), "r"(right[0]), "r"(right[1]));
}
#endif

/// The warpRows x warpColumns sums of a warp, in pieces of 16 x 8.
template <class T> struct Sums {
  static constexpr int high = T::warpRows / 16, wide = T::warpColumns / 8;
  static constexpr int count = high * wide * 4;
  float value[high][wide][4];

  __device__ Sums() {
#pragma unroll
    for (int i = 0; i < high; i++)
#pragma unroll
      for (int j = 0; j < wide; j++)
#pragma unroll
        for (int k = 0; k < 4; k++) value[i][j][k] = 0.0f;
  }

  __device__ static int row() {
    return T::thread() / 32 / (T::columns / T::warpColumns) * T::warpRows;
  }
  __device__ static int column() {
    return T::thread() / 32 % (T::columns / T::warpColumns) * T::warpColumns;
  }
  /// A warp's 32 threads are eight groups of four.
  __device__ static int group() { return T::thread() % 32 / 4; }
  __device__ static int member() { return T::thread() % 4; }

  /// Rows and columns that a thread reads with one instruction. In the tensor instruction a thread's
  /// rows are eight apart, but they may stand for any rows of the tile. Here they are neighbours, as
  /// many as fit into consecutive registers.
  static constexpr int leftsAtOnce = PRECISION == 1 ? 2 : 2 * high;
  static constexpr int rightsAtOnce = PRECISION == 1 ? 1 : wide;

  /// Reads this thread's numbers of `count` rows or columns, at its depth of four (`member`). Threads
  /// that are served together access 32 different banks.
  template <int count, int atOnce, int length, int width>
  __device__ static void read(float *to, const float (*slice)[width], int depth, int first) {
    const float *from = slice[depth + member()];
    const int own = first + atOnce * group();
#pragma unroll
    for (int i = 0; i < count; i += atOnce)
      if constexpr (length % 32 == 0 && atOnce <= 2)
        copy<atOnce>(to + i, from + swizzled(depth, own, 8 * i));
      else
        copy<atOnce>(to + i, from + swizzled(depth, own) + 8 * i);
  }
  /// Position in the warp's tile of the `i`-th row or column that thread group `number` (of eight)
  /// reads.
  template <int atOnce> __device__ static int place(int i, int number) {
    return i / atOnce * atOnce * 8 + number * atOnce + i % atOnce;
  }

  /// The contents of one register of a factor: one number or, for bfloat16, two numbers four depths
  /// apart.
  ///
  /// The instruction expects neighbouring depths in a register. Any other order gives the same sums,
  /// as long as both factors have it.
  template <int count>
  __device__ static unsigned factor(const float (*numbers)[count], int half, int place) {
#if PRECISION == 1
    return __float_as_uint(numbers[half][place]);
#else
    return packed(numbers[2 * half][place], numbers[2 * half + 1][place]);
#endif
  }

  /// Adds the products of `count` depths, with zeros up to whole slices.
  __device__ void add(const Slices<T> &slices, int count) {
#pragma unroll 1
    for (int first = 0; first < count; first += T::depth) {
#pragma unroll
      for (int depth = 0; depth < T::depth; depth += tensorDepth)
        addPiece(slices.left + first, slices.right + first, depth);
    }
  }

  /// Adds the products of `tensorDepth` depths, from `depth` on: one tensor instruction per piece.
  __device__ void addPiece(const float (*leftSlice)[T::rows + 8],
                           const float (*rightSlice)[T::columns + 8], int depth) {
    alignas(16) float left[tensorDepth / 4][2 * high], right[tensorDepth / 4][wide];
#pragma unroll
    for (int i = 0; i < tensorDepth / 4; i++) {
      read<2 * high, leftsAtOnce, T::warpRows>(left[i], leftSlice, depth + 4 * i, row());
      read<wide, rightsAtOnce, T::warpColumns>(right[i], rightSlice, depth + 4 * i, column());
    }
#pragma unroll
    for (int i = 0; i < high; i++) {
      const unsigned lefts[] = {factor(left, 0, 2 * i), factor(left, 0, 2 * i + 1),
                                factor(left, 1, 2 * i), factor(left, 1, 2 * i + 1)};
#pragma unroll
      for (int j = 0; j < wide; j++) {
        const unsigned rights[] = {factor(right, 0, j), factor(right, 1, j)};
        multiplyAdd(value[i][j], lefts, rights);
      }
    }
  }

  /// Four sums, to be written to memory and read back by `join`.
  __device__ Quad quad(int number) const {
    const float(&four)[4] = value[number / wide][number % wide];
    return {{four[0], four[1], four[2], four[3]}};
  }
  __device__ void setQuad(int number, const Quad &quad) {
#pragma unroll
    for (int i = 0; i < 4; i++) value[number / wide][number % wide][i] = quad.value[i];
  }

  __device__ void store(Result<T> &result) const {
#pragma unroll
    for (int i = 0; i < 2 * high; i++)
#pragma unroll
      for (int j = 0; j < 2 * wide; j++)
        result.value[row() + place<leftsAtOnce>(i, group())]
                    [column() + place<rightsAtOnce>(j / 2, 2 * member() + j % 2)] =
            value[i / 2][j / 2][i % 2 * 2 + j % 2];
  }
};

#endif
