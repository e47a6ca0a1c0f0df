// How a product is cut: a block of 128 threads computes a tile of the result, a slice of the
// reduction at a time from shared memory.

/// A tile of `rows` x `columns`, slices of `depth`; a thread computes `threadRows` x `threadColumns`
/// of it or, with tensor cores, a warp `warpRows` x `warpColumns`.
template <int tileRows, int tileColumns, int sliceDepth, int ownRows, int ownColumns, int rowsOfWarp,
          int columnsOfWarp>
struct Tile {
  static constexpr int rows = tileRows, columns = tileColumns, depth = sliceDepth;
  static constexpr int threadRows = ownRows, threadColumns = ownColumns;
  static constexpr int warpRows = rowsOfWarp, warpColumns = columnsOfWarp;
  static constexpr int threads = 128;
  static_assert(rows / threadRows * (columns / threadColumns) == threads, "threads cover the tile");
  static_assert(rows / warpRows * (columns / warpColumns) == threads / 32, "warps cover the tile");
};

typedef Tile<64, 64, 16, 8, 4, 32, 32> MediumTile;
/// For few columns: convolutions with few outputs.
typedef Tile<128, 32, 16, 8, 4, 32, 32> NarrowTile;
/// For small results, where larger tiles would leave most of the GPU idle.
typedef Tile<32, 32, 32, 4, 2, 16, 16> SmallTile;

/// A slice of both factors, `[depth][row]`. A stride of 8 modulo 32 keeps the 32 numbers that a warp's
/// tensor instruction needs in 32 different banks.
template <class T> struct Slice {
  alignas(16) float left[T::depth][T::rows + 8];
  alignas(16) float right[T::depth][T::columns + 8];
};

/// The sums of a tile on their way out.
template <class T> struct Result {
  alignas(16) float value[T::rows][T::columns + 4];
};

/// The shared memory of a block: two slices, one being read and one being written, or the result.
template <class T> struct ProductMemory {
  union {
    Slice<T> slices[2];
    Result<T> result;
  };
  int isLast;
};
