// The innermost loops: the sums that a thread, or a warp with tensor cores, keeps in registers.

#if PRECISION == 0

/// threadRows x threadColumns sums of a thread.
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

  /// The factors of a step: so many depths that 32 multiplications take as long as shared memory takes
  /// to answer.
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

  /// Four sums, for a way through memory.
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

  /// Adds up `count` numbers of the reduction, and zeros up to a multiple of eight.
  ///
  /// The factors of the next step are on their way while those of this one are multiplied.
  __device__ void add(const Slices<T> &slices, unsigned count) {
    constexpr int steps = 8 / Step::depth;
    Step step[2];
    step[0].read(slices, 0);
#pragma unroll 1
    for (unsigned first = 0; first < count; first += 8) {
#pragma unroll
      for (int i = 0; i < steps; i++) {
        // At the end something is read for nothing: a branch would keep loads from being moved up.
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
/// Numbers of the reduction that one tensor instruction takes.
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

/// warpRows x warpColumns sums of a warp, in pieces of 16 x 8.
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

  /// Rows and columns that a thread reads at once. The instruction has them eight apart, but which ones
  /// of the tile they are is our choice: neighbours, as many as go into registers after each other.
  static constexpr int leftsAtOnce = PRECISION == 1 ? 2 : 2 * high;
  static constexpr int rightsAtOnce = PRECISION == 1 ? 1 : wide;

  /// Reads what this thread has of `count` rows or columns, at one depth of four. Threads that are served
  /// together meet 32 different banks.
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
  /// Where row or column `i` lies that thread `number` of eight has.
  template <int atOnce> __device__ static int place(int i, int number) {
    return i / atOnce * atOnce * 8 + number * atOnce + i % atOnce;
  }

  /// What a register holds: a number of the reduction, for bfloat16 the one four further, too.
  ///
  /// The instruction has neighbours in a register; any other order gives the same sums as long as both
  /// factors have it.
  template <int count>
  __device__ static unsigned factor(const float (*numbers)[count], int half, int place) {
#if PRECISION == 1
    return __float_as_uint(numbers[half][place]);
#else
    return packed(numbers[2 * half][place], numbers[2 * half + 1][place]);
#endif
  }

  /// Adds up `count` numbers of the reduction, and zeros up to whole slices.
  __device__ void add(const Slices<T> &slices, int count) {
#pragma unroll 1
    for (int first = 0; first < count; first += T::depth) {
#pragma unroll
      for (int depth = 0; depth < T::depth; depth += tensorDepth)
        addPiece(slices.left + first, slices.right + first, depth);
    }
  }

  /// What one tensor instruction takes of the reduction, from `depth` on.
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

  /// Four sums, for a way through memory.
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
