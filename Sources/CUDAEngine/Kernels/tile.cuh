// How a product is cut: a block of 128 threads computes a tile of the result, a few slices of the
// reduction at a time from shared memory.

/// A tile of `rows` x `columns`, slices of `depth`, `ahead` of them at a time; a thread computes
/// `threadRows` x `threadColumns` of it or, with tensor cores, a warp `warpRows` x `warpColumns`.
template <int tileRows, int tileColumns, int sliceDepth, int slicesAhead, int ownRows, int ownColumns,
          int rowsOfWarp, int columnsOfWarp>
struct Tile {
  static constexpr int rows = tileRows, columns = tileColumns, depth = sliceDepth;
  static constexpr int ahead = slicesAhead;
  static constexpr int threadRows = ownRows, threadColumns = ownColumns;
  static constexpr int warpRows = rowsOfWarp, warpColumns = columnsOfWarp;
  static constexpr int threads = 128;

  /// This thread's number. The compiler learns that it is below `threads`, and places of the slice that
  /// differ by constants become one address.
  __device__ static int thread() { return threadIdx.x % threads; }

  static_assert(rows / threadRows * (columns / threadColumns) == threads, "threads cover the tile");
  static_assert(rows / warpRows * (columns / warpColumns) == threads / 32, "warps cover the tile");
};

// A thread holds 16 numbers of a slice (20 of a narrow tile's) in registers: there are as many slices
// ahead as leave room for four blocks on a multiprocessor. Multiplying without tensor cores needs more
// registers, and takes as long as memory with fewer slices; bfloat16 needs some for packing.
typedef Tile<64, 64, 16, PRECISION == 1 ? 4 : 2, 8, 4, 32, 32> MediumTile;
/// For few columns: convolutions with few outputs.
typedef Tile<128, 32, 16, PRECISION == 0 ? 1 : 2, 8, 4, 32, 32> NarrowTile;
/// For small results, where larger tiles would leave most of the GPU idle.
typedef Tile<32, 32, 32, PRECISION == 0 ? 2 : 4, 4, 2, 16, 16> SmallTile;

/// `ahead` slices of both factors, `[depth][swizzled row]`. A stride of 8 modulo 32 keeps the 32 numbers
/// that a warp's tensor instruction needs in 32 different banks.
template <class T> struct Slices {
  alignas(16) float left[T::ahead * T::depth][T::rows + 8];
  alignas(16) float right[T::ahead * T::depth][T::columns + 8];
};

/// Where row `place` of a factor lies among the numbers of `depth`: every other four depths the halves of
/// 32 rows are exchanged, for a warp that writes 16 rows of two such fours would meet each bank twice.
__device__ inline int swizzled(int depth, int place) { return place ^ (depth & 4) * 4; }
/// The same for place `first + offset` where the offset alone decides on the half: one address for all.
__device__ inline int swizzled(int depth, int first, int offset) {
  return first + swizzled(depth, offset);
}

/// The sums of a tile on their way out.
template <class T> struct Result {
  alignas(16) float value[T::rows][T::columns + 4];
};

/// The shared memory of a block: slices that are being multiplied, or the result.
template <class T> struct ProductMemory {
  union {
    Slices<T> slices;
    Result<T> result;
  };
  int isLast;
};
