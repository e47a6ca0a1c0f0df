// A product of two factors, whatever they are, by tiles.
//
// The grid is [row tiles, column tiles, parts of the reduction]. Where there are several parts each
// block leaves its sums in memory, and the last block of a tile adds them up in the order of the
// parts: the same bits on every run, and no kernel more.

/// The reduction of a product and how it is parted.
struct Reduction {
  /// Numbers to be reduced.
  int depth;
  /// Numbers of a part, a multiple of the tile's depth.
  int part;
  /// Room for all sums of all parts, tile by tile.
  float *partials;
  /// For each tile the parts that are done; zero between products.
  int *counters;
};

/// One block's way of bringing a factor into shared memory, through registers.
template <class T, int rows, class View> struct Operand {
  static constexpr int quads = rows * T::depth / 4 / T::threads;
  static_assert(quads * 4 * T::threads == rows * T::depth, "the threads' quads make the slice");
  const View &view;
  typename View::Place places[quads];
  Quad values[quads];

  __device__ Operand(const View &view, int first) : view(view) {
#pragma unroll
    for (int i = 0; i < quads; i++) places[i] = view.at(first + place(i));
  }

  /// Which place of the slice is this thread's quad number `i`.
  ///
  /// Along the reduction two neighbouring threads read 32 bytes of a row, and 16 rows a warp. Else a
  /// row of places is read by as many threads as it has quads.
  __device__ static int place(int i) {
    const int number = threadIdx.x + i * T::threads;
    return View::isAlongDepth ? number / 2 % rows : number % (rows / 4) * 4;
  }
  __device__ static int depth(int i) {
    const int number = threadIdx.x + i * T::threads;
    return View::isAlongDepth ? (number / 2 / rows * 2 + number % 2) * 4 : number / (rows / 4);
  }

  /// Reads the numbers from `start` on into registers.
  __device__ void fetch(int start, int end) {
#pragma unroll
    for (int i = 0; i < quads; i++) values[i] = view.load(places[i], start + depth(i), end);
  }

  /// Writes them into shared memory.
  __device__ void put(float (*slice)[rows + 8]) const {
#pragma unroll
    for (int i = 0; i < quads; i++) {
      Quad quad;
#pragma unroll
      for (int j = 0; j < 4; j++) quad.value[j] = rounded(values[i].value[j]);
      if constexpr (View::isAlongDepth) {
#pragma unroll
        for (int j = 0; j < 4; j++) slice[depth(i) + j][place(i)] = quad.value[j];
      } else {
        *reinterpret_cast<Quad *>(&slice[depth(i)][place(i)]) = quad;
      }
    }
  }
};

/// Adds up the parts of a tile; whether this block was the last, and has the whole sums in `result`.
template <class T>
__device__ bool join(ProductMemory<T> &memory, const Reduction &reduction) {
  constexpr int size = T::rows * T::columns;
  const size_t tile = static_cast<size_t>(blockIdx.x) * gridDim.y + blockIdx.y;
  float *all = reduction.partials + tile * gridDim.z * size;
  float *mine = all + static_cast<size_t>(blockIdx.z) * size;
#pragma unroll 2
  for (int i = threadIdx.x * 4; i < size; i += T::threads * 4)
    copy<4>(mine + i, &memory.result.value[i / T::columns][i % T::columns]);
  __threadfence();
  __syncthreads();
  if (threadIdx.x == 0)
    memory.isLast = atomicAdd(&reduction.counters[tile], 1) == static_cast<int>(gridDim.z) - 1;
  __syncthreads();
  if (!memory.isLast) return false;
  __threadfence();
  // Many reads under way at the same time: they come from far.
  constexpr int own = size / T::threads / 4;
  Quad sums[own];
#pragma unroll
  for (int i = 0; i < own; i++)
    sums[i] = *reinterpret_cast<const Quad *>(all + (i * T::threads + threadIdx.x) * 4);
#pragma unroll(16 / own)
  for (unsigned part = 1; part < gridDim.z; part++) {
#pragma unroll
    for (int i = 0; i < own; i++) {
      const Quad other = *reinterpret_cast<const Quad *>(
          all + static_cast<size_t>(part) * size + (i * T::threads + threadIdx.x) * 4);
#pragma unroll
      for (int j = 0; j < 4; j++) sums[i].value[j] += other.value[j];
    }
  }
#pragma unroll
  for (int i = 0; i < own; i++) {
    const int place = (i * T::threads + threadIdx.x) * 4;
    copy<4>(&memory.result.value[place / T::columns][place % T::columns], sums[i].value);
  }
  if (threadIdx.x == 0) reduction.counters[tile] = 0;
  __syncthreads();
  return true;
}

/// One block's part of a product.
template <class T, class Left, class Right, class Finish>
__device__ void product(const Left &left, const Right &right, const Finish &finish,
                        const Reduction &reduction, ProductMemory<T> &memory) {
  const int firstRow = blockIdx.x * T::rows, firstColumn = blockIdx.y * T::columns;
  const int begin = blockIdx.z * reduction.part;
  const int end = least(begin + reduction.part, reduction.depth);
  Sums<T> sums;
  Operand<T, T::rows, Left> leftFactor(left, firstRow);
  Operand<T, T::columns, Right> rightFactor(right, firstColumn);
  // The next slice is on its way from memory while this one is multiplied.
  int current = 1;
  for (int next = begin;; next += T::depth) {
    const bool goesOn = next < end;
    if (goesOn) {
      leftFactor.fetch(next, end);
      rightFactor.fetch(next, end);
    }
    if (next > begin) sums.add(memory.slices[current]);
    if (!goesOn) break;
    current = 1 - current;
    leftFactor.put(memory.slices[current].left);
    rightFactor.put(memory.slices[current].right);
    __syncthreads();
  }
  // The result takes the slices' place.
  __syncthreads();
  sums.store(memory.result);
  __syncthreads();
  if (gridDim.z > 1 && !join<T>(memory, reduction)) return;
#pragma unroll 2
  for (int i = threadIdx.x; i < T::rows / Finish::group * T::columns; i += T::threads) {
    const int row = i / T::columns * Finish::group, column = i % T::columns;
    float values[Finish::group];
#pragma unroll
    for (int j = 0; j < Finish::group; j++) values[j] = memory.result.value[row + j][column];
    finish.store(firstRow + row, firstColumn + column, values);
  }
}
