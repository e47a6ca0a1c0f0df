// Tiles: a block of 128 threads computes one tile of a product's result. It reads a few slices of the
// reduction at a time from shared memory.

/// A tile of `rows` x `columns`. Slices have `depth` numbers of the reduction, and `ahead` slices are
/// loaded at a time. A thread computes `threadRows` x `threadColumns` results or, with tensor cores,
/// a warp computes `warpRows` x `warpColumns`.
template <int tileRows, int tileColumns, int sliceDepth, int slicesAhead, int ownRows, int ownColumns,
          int rowsOfWarp, int columnsOfWarp>
struct Tile {
  static constexpr int rows = tileRows, columns = tileColumns, depth = sliceDepth;
  static constexpr int ahead = slicesAhead;
  static constexpr int threadRows = ownRows, threadColumns = ownColumns;
  static constexpr int warpRows = rowsOfWarp, warpColumns = columnsOfWarp;
  static constexpr int threads = 128;

  /// This thread's number in the block. The modulo shows the compiler that it is below `threads`, so
  /// that positions in a slice that differ by constants share one address.
  __device__ static int thread() { return threadIdx.x % threads; }

  static_assert(rows / threadRows * (columns / threadColumns) == threads, "threads cover the tile");
  static_assert(rows / warpRows * (columns / warpColumns) == threads / 32, "warps cover the tile");
};

// A thread holds 16 numbers of a slice in registers (20 for a narrow tile). As many slices are loaded
// ahead as still let four blocks fit on a multiprocessor. Multiplying without tensor cores needs more
// registers, and with fewer slices it already takes as long as the loads; bfloat16 needs some
// registers for packing.
typedef Tile<64, 64, 16, PRECISION == 1 ? 4 : 2, 8, 4, 32, 32> MediumTile;
/// For few columns: convolutions with few outputs.
typedef Tile<128, 32, 16, PRECISION == 0 ? 1 : 2, 8, 4, 32, 32> NarrowTile;
/// For small results, where larger tiles would leave most of the GPU idle.
typedef Tile<32, 32, 32, PRECISION == 0 ? 2 : 4, 4, 2, 16, 16> SmallTile;

/// `ahead` slices of both factors, `[depth][swizzled row]`. A stride of 8 modulo 32 keeps the 32
/// numbers that a warp's tensor instruction needs in 32 different banks.
template <class T> struct Slices {
  alignas(16) float left[T::ahead * T::depth][T::rows + 8];
  alignas(16) float right[T::ahead * T::depth][T::columns + 8];
};

/// Position of row `place` of a factor among the numbers of `depth`. In every second group of four
/// depths the two halves of 32 rows are exchanged: otherwise a warp that writes 16 rows of two such
/// groups would access each bank twice.
__device__ inline int swizzled(int depth, int place) { return place ^ (depth & 4) * 4; }
/// The same for row `first + offset`, where the offset alone decides on the half: all offsets share
/// an address.
__device__ inline int swizzled(int depth, int first, int offset) {
  return first + swizzled(depth, offset);
}

/// The complete sums of a tile, before they are stored.
template <class T> struct Result {
  alignas(16) float value[T::rows][T::columns + 4];
};

/// The shared memory of a block: the slices that are being multiplied, afterwards the result.
template <class T> struct ProductMemory {
  union {
    Slices<T> slices;
    Result<T> result;
  };
  int isLast;
};
