// A product of two factors, whatever they are, by tiles.
//
// The grid is [row tiles, column tiles, parts of the reduction]. Where there are several parts each
// block leaves its sums in memory, and the last block of a tile adds them up in the order of the
// parts, by groups of 16: the same bits on every run, and no kernel more.

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
  /// Different places of these quads.
  static constexpr int own = View::isAlongDepth && rows > T::threads / 2 ? rows * 2 / T::threads : 1;
  const View &view;
  typename View::Place places[own];
  Quad values[T::ahead][quads];

  __device__ Operand(const View &view, int first) : view(view) {
#pragma unroll
    for (int i = 0; i < own; i++) places[i] = view.at(first + place(i));
  }

  /// Which place of the slice is this thread's quad number `i`.
  ///
  /// Along the reduction two neighbouring threads read 32 bytes of a row, and 16 rows a warp. Else a
  /// row of places is read by as many threads as it has quads.
  __device__ static int place(int i) {
    const int number = T::thread() + i * T::threads;
    return View::isAlongDepth ? number / 2 % rows : number % (rows / 4) * 4;
  }
  __device__ static int depth(int i) {
    const int number = T::thread() + i * T::threads;
    return View::isAlongDepth ? (number / 2 / rows * 2 + number % 2) * 4 : number / (rows / 4);
  }

  /// Has the numbers of `slices` slices from `start` on read into registers.
  template <bool inQuads, int slices> __device__ void fetch(int start, int end) {
#pragma unroll
    for (int slice = 0; slice < slices; slice++)
#pragma unroll
      for (int i = 0; i < quads; i++)
        values[slice][i] =
            view.template load<inQuads>(places[i % own], start + slice * T::depth + depth(i), end);
  }

  /// Writes them into shared memory.
  template <int slices> __device__ void put(float (*factor)[rows + 8]) const {
#pragma unroll
    for (int slice = 0; slice < slices; slice++)
#pragma unroll
      for (int i = 0; i < quads; i++) {
        const int first = slice * T::depth + depth(i), column = swizzled(depth(i), place(i));
        Quad quad;
#pragma unroll
        for (int j = 0; j < 4; j++) quad.value[j] = rounded(values[slice][i].value[j]);
        if constexpr (View::isAlongDepth) {
#pragma unroll
          for (int j = 0; j < 4; j++) factor[first + j][column] = quad.value[j];
        } else {
          *reinterpret_cast<Quad *>(&factor[first][column]) = quad;
        }
      }
  }
};

/// Adds up `ahead` slices at a time, while as many are on their way from memory.
///
/// All of these are asked for together: the compiler has too few counters of loads under way to wait for
/// the oldest of several slices alone, as a ring of registers would need.
template <bool inQuads, int ahead, class T, class Left, class Right>
__device__ void multiply(Operand<T, T::rows, Left> &left, Operand<T, T::columns, Right> &right,
                         int begin, int end, Slices<T> &slices, Sums<T> &sums) {
  static_assert(ahead <= T::ahead, "registers and shared memory have room");
  // The first round only fetches; beyond the end nothing is read.
#pragma unroll 1
  for (int start = begin - ahead * T::depth; start < end; start += ahead * T::depth) {
    if (start >= begin) {
      // All threads are through with the slices before.
      __syncthreads();
      left.template put<ahead>(slices.left);
      right.template put<ahead>(slices.right);
      __syncthreads();
    }
    left.template fetch<inQuads, ahead>(start + ahead * T::depth, end);
    right.template fetch<inQuads, ahead>(start + ahead * T::depth, end);
    if (start >= begin) sums.add(slices, least(ahead * T::depth, end - start));
  }
}

/// Parts that one block adds up; `CutChooser` knows it.
constexpr unsigned joinedParts = 16;

/// Counts this block in, after what all its threads wrote and before what they read then; how many blocks
/// were in before.
__device__ inline int arrive(int *counter) {
#ifdef __CUDA_ARCH__
  // Releases the block's writes, which the barrier before has ordered, and acquires the others': one
  // thread's fence in place of two of all threads.
  int before;
  asm volatile("atom.add.acq_rel.gpu.global.s32 %0, [%1], 1;"
               : "=r"(before) : "l"(__cvta_generic_to_global(counter)) : "memory");
  return before;
#else
  return atomicAdd(counter, 1);
#endif
}

/// Adds up the parts of a tile; whether this block was the last, and has the whole sums.
///
/// The last block of 16 parts adds up these, the last of 16 such groups the groups, and so on. Each
/// thread leaves its own sums and reads those that it would have had: the order in which they lie is
/// the one in which a warp writes and reads them at once.
template <class T>
__device__ bool join(Sums<T> &sums, const Reduction &reduction, ProductMemory<T> &memory) {
  constexpr int quads = Sums<T>::count / 4, size = quads * T::threads;
  // Reads that are under way at the same time: they come from far.
  constexpr int atOnce = 16 / quads;
  const unsigned parts = gridDim.z;
  const size_t tile = (static_cast<size_t>(blockIdx.x) * gridDim.y + blockIdx.y) * parts;
  Quad *all = reinterpret_cast<Quad *>(reduction.partials) + tile * size + threadIdx.x;
#pragma unroll 1
  for (unsigned step = 1, level = 0; step < parts; step *= joinedParts, level++) {
    const unsigned own = blockIdx.z / step * step;
    const unsigned first = blockIdx.z / (step * joinedParts) * (step * joinedParts);
    const unsigned end = first + step * joinedParts < parts ? first + step * joinedParts : parts;
    const int others = (end - first - 1) / step;
    if (others == 0) continue;
#pragma unroll
    for (int i = 0; i < quads; i++) all[own * size + i * T::threads] = sums.quad(i);
    __syncthreads();
    if (threadIdx.x == 0) {
      // A group's first part is a multiple of 16 at each level: no two groups have the same counter.
      int *counter = &reduction.counters[tile + first + level];
      memory.isLast = arrive(counter) == others;
      if (memory.isLast) *counter = 0;
    }
    __syncthreads();
    if (!memory.isLast) return false;
    Quad whole[quads];
#pragma unroll
    for (int i = 0; i < quads; i++) whole[i] = all[first * size + i * T::threads];
#pragma unroll 1
    for (unsigned next = first + step; next < end; next += atOnce * step) {
      Quad more[atOnce][quads];
#pragma unroll
      for (int j = 0; j < atOnce; j++)
        if (next + j * step < end) {
#pragma unroll
          for (int i = 0; i < quads; i++)
            more[j][i] = all[(next + j * step) * size + i * T::threads];
        }
#pragma unroll
      for (int j = 0; j < atOnce; j++)
        if (next + j * step < end) {
#pragma unroll
          for (int i = 0; i < quads; i++)
#pragma unroll
            for (int k = 0; k < 4; k++) whole[i].value[k] += more[j][i].value[k];
        }
    }
#pragma unroll
    for (int i = 0; i < quads; i++) sums.setQuad(i, whole[i]);
  }
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
  // Numbers that are not aligned are rare, and their loads many instructions; only gradients of weights
  // have long reductions then.
  constexpr int fewer = Left::isAlongDepth || T::rows > 64 ? 1 : 2;
  if (left.aligned && right.aligned)
    multiply<true, T::ahead>(leftFactor, rightFactor, begin, end, memory.slices, sums);
  else
    multiply<false, fewer>(leftFactor, rightFactor, begin, end, memory.slices, sums);
  if (gridDim.z > 1 && !join<T>(sums, reduction, memory)) return;
  // The result takes the slices' place.
  __syncthreads();
  sums.store(memory.result);
  __syncthreads();
  // A thread stays in its column. What a result needs from memory is asked for before any is written.
  constexpr int stride = T::threads / T::columns, groups = T::rows / Finish::group / stride;
  constexpr int once = groups < 8 ? groups : 8;
  const int column = threadIdx.x % T::columns;
#pragma unroll 1
  for (int first = threadIdx.x / T::columns; first < T::rows / Finish::group; first += once * stride) {
    typename Finish::Known known[once];
#pragma unroll
    for (int i = 0; i < once; i++)
      known[i] = finish.look(firstRow + (first + i * stride) * Finish::group, firstColumn + column);
#pragma unroll
    for (int i = 0; i < once; i++) {
      const int row = (first + i * stride) * Finish::group;
      float values[Finish::group];
#pragma unroll
      for (int j = 0; j < Finish::group; j++) values[j] = memory.result.value[row + j][column];
      finish.store(firstRow + row, firstColumn + column, values, known[i]);
    }
  }
}
