// The innermost loops: the sums that a thread, or a warp with tensor cores, keeps in registers.

#if PRECISION == 0

/// threadRows x threadColumns sums of a thread.
template <class T> struct Sums {
  float value[T::threadRows][T::threadColumns];

  __device__ Sums() {
#pragma unroll
    for (int i = 0; i < T::threadRows; i++)
#pragma unroll
      for (int j = 0; j < T::threadColumns; j++) value[i][j] = 0.0f;
  }

  __device__ static int row() { return threadIdx.x / (T::columns / T::threadColumns) * T::threadRows; }
  __device__ static int column() {
    return threadIdx.x % (T::columns / T::threadColumns) * T::threadColumns;
  }

  __device__ void add(const Slice<T> &slice) {
    const int row = Sums::row(), column = Sums::column();
#pragma unroll 4
    for (int depth = 0; depth < T::depth; depth++) {
      alignas(16) float left[T::threadRows];
      alignas(16) float right[T::threadColumns];
      copy<T::threadRows>(left, &slice.left[depth][row]);
      copy<T::threadColumns>(right, &slice.right[depth][column]);
#pragma unroll
      for (int i = 0; i < T::threadRows; i++)
#pragma unroll
        for (int j = 0; j < T::threadColumns; j++) value[i][j] += left[i] * right[j];
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
constexpr int tensorLeft = 4, tensorRight = 2;
#else
constexpr int tensorDepth = 16;
constexpr int tensorLeft = 4, tensorRight = 2;

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
    return threadIdx.x / 32 / (T::columns / T::warpColumns) * T::warpRows;
  }
  __device__ static int column() {
    return threadIdx.x / 32 % (T::columns / T::warpColumns) * T::warpColumns;
  }
  /// A warp's 32 threads are eight groups of four.
  __device__ static int group() { return threadIdx.x % 32 / 4; }
  __device__ static int member() { return threadIdx.x % 4; }

  /// What a register holds: number `depth` of the reduction, for bfloat16 the one four further, too.
  ///
  /// The instruction has neighbours in a register; any other order gives the same sums as long as both
  /// factors have it, and this one reads 32 banks at a time.
  template <int width> __device__ static unsigned factor(const float (*slice)[width], int depth, int place) {
#if PRECISION == 1
    return __float_as_uint(slice[depth][place]);
#else
    return packed(slice[depth][place], slice[depth + 4][place]);
#endif
  }

  __device__ void add(const Slice<T> &slice) {
    constexpr int half = tensorDepth / 2;
#pragma unroll
    for (int first = 0; first < T::depth; first += tensorDepth) {
      const int depth = first + member();
      unsigned left[high][tensorLeft], right[wide][tensorRight];
#pragma unroll
      for (int i = 0; i < high; i++) {
        const int place = row() + 16 * i + group();
        left[i][0] = factor(slice.left, depth, place);
        left[i][1] = factor(slice.left, depth, place + 8);
        left[i][2] = factor(slice.left, depth + half, place);
        left[i][3] = factor(slice.left, depth + half, place + 8);
      }
#pragma unroll
      for (int j = 0; j < wide; j++) {
        const int place = column() + 8 * j + group();
        right[j][0] = factor(slice.right, depth, place);
        right[j][1] = factor(slice.right, depth + half, place);
      }
#pragma unroll
      for (int i = 0; i < high; i++)
#pragma unroll
        for (int j = 0; j < wide; j++) multiplyAdd(value[i][j], left[i], right[j]);
    }
  }

  __device__ void store(Result<T> &result) const {
#pragma unroll
    for (int i = 0; i < high; i++)
#pragma unroll
      for (int j = 0; j < wide; j++) {
        const int place = row() + 16 * i + group(), first = column() + 8 * j + 2 * member();
        result.value[place][first] = value[i][j][0];
        result.value[place][first + 1] = value[i][j][1];
        result.value[place + 8][first] = value[i][j][2];
        result.value[place + 8][first + 1] = value[i][j][3];
      }
  }
};

#endif
