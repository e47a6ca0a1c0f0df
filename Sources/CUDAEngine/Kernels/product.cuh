// The tiled product of any two operands (operands.cuh).
//
// The grid is [row tiles, column tiles, parts of the reduction]. If there are several parts, each
// block writes its sums to memory, and the last block of a tile adds them up in the order of the
// parts, by groups of 16. The result has the same bits on every run, and no second kernel is needed.

/// The reduction of a product and its division into parts.
struct Reduction {
  /// Length of the reduction.
  int depth;
  /// Length of a part, a multiple of the tile's depth.
  int part;
  /// Memory for the sums of all parts, tile by tile.
  float *partials;
  /// Counters of finished parts, for each tile; zero between products.
  int *counters;
};

/// Copies one block's slices of a factor into shared memory, through registers.
template <class T, int rows, class View> struct Operand {
  static constexpr int quads = rows * T::depth / 4 / T::threads;
  static_assert(quads * 4 * T::threads == rows * T::depth, "the threads' quads make the slice");
  /// Number of different places among this thread's quads.
  static constexpr int own = View::isAlongDepth && rows > T::threads / 2 ? rows * 2 / T::threads : 1;
  const View &view;
  typename View::Place places[own];
  Quad values[T::ahead][quads];

  __device__ Operand(const View &view, int first) : view(view) {
#pragma unroll
    for (int i = 0; i < own; i++) places[i] = view.at(first + place(i));
  }

  /// The place in the slice of this thread's quad number `i`; `depth` is its depth.
  ///
  /// If quads are along the reduction, two neighbouring threads read 32 bytes of a row, and a warp
  /// reads 16 rows. Otherwise as many threads read a row of places as it has quads.
  __device__ static int place(int i) {
    const int number = T::thread() + i * T::threads;
    return View::isAlongDepth ? number / 2 % rows : number % (rows / 4) * 4;
  }
  __device__ static int depth(int i) {
    const int number = T::thread() + i * T::threads;
    return View::isAlongDepth ? (number / 2 / rows * 2 + number % 2) * 4 : number / (rows / 4);
  }

  /// Starts to load `slices` slices into registers, from depth `start` on.
  template <bool inQuads, int slices> __device__ void fetch(int start, int end) {
#pragma unroll
    for (int slice = 0; slice < slices; slice++)
#pragma unroll
      for (int i = 0; i < quads; i++)
        values[slice][i] =
            view.template load<inQuads>(places[i % own], start + slice * T::depth + depth(i), end);
  }

  /// Writes the loaded numbers into shared memory, rounded to the precision of products.
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

/// Multiplies `ahead` slices at a time and adds the products to `sums`, while the next `ahead` slices
/// are loaded from memory.
///
/// The loads of a round are issued together. A ring of registers would need to wait for the oldest
/// slice alone; the compiler has too few counters of outstanding loads for that.
template <bool inQuads, int ahead, class T, class Left, class Right>
__device__ void multiply(Operand<T, T::rows, Left> &left, Operand<T, T::columns, Right> &right,
                         int begin, int end, Slices<T> &slices, Sums<T> &sums) {
  static_assert(ahead <= T::ahead, "the slices fit into registers and shared memory");
  // The first round only loads. Nothing is read beyond the end.
#pragma unroll 1
  for (int start = begin - ahead * T::depth; start < end; start += ahead * T::depth) {
    if (start >= begin) {
      // All threads have finished with the previous slices.
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

/// Parts that one block adds up; the same number as `Tile.joinedParts` in Tile.swift.
constexpr unsigned joinedParts = 16;

/// Counts this block as arrived and returns how many blocks arrived before it.
///
/// Ordered after all that the block's threads wrote, and before all that they read afterwards.
__device__ inline int arrive(int *counter) {
#ifdef __CUDA_ARCH__
  // Releases this block's writes, which the barrier before this call has ordered, and acquires the
  // other blocks' writes. One thread's fence replaces two fences by all threads.
  int before;
  asm volatile("atom.add.acq_rel.gpu.global.s32 %0, [%1], 1;"
               : "=r"(before) : "l"(__cvta_generic_to_global(counter)) : "memory");
  return before;
#else
  return atomicAdd(counter, 1);
#endif
}

/// Adds up the parts of a tile; returns whether this block was the last one and has the complete sums.
///
/// The last block of 16 parts adds up these parts, the last block of 16 such groups adds up the
/// groups, and so on. A thread writes its own sums, and reads those of the threads with its number in
/// other blocks. They are laid out so that a warp's accesses are contiguous.
template <class T>
__device__ bool join(Sums<T> &sums, const Reduction &reduction, ProductMemory<T> &memory) {
  constexpr int quads = Sums<T>::count / 4, size = quads * T::threads;
  // Parts that are read at the same time, because each read has a long latency.
  constexpr int atOnce = 16 / quads;
  const unsigned parts = gridDim.z;
  const size_t tile = (static_cast<size_t>(blockIdx.x) * gridDim.y + blockIdx.y) * parts;
  Quad *all = reinterpret_cast<Quad *>(reduction.partials) + tile * size + threadIdx.x;
#pragma unroll 1
  for (unsigned step = 1, level = 0; step < parts; step *= joinedParts, level++) {
    const unsigned own = blockIdx.z / step * step;
    const unsigned first = blockIdx.z / (step * joinedParts) * (step * joinedParts);
    const unsigned end = first + step * joinedParts < parts ? first + step * joinedParts : parts;
    const int otherParts = (end - first - 1) / step;
    if (otherParts == 0) continue;
#pragma unroll
    for (int i = 0; i < quads; i++) all[own * size + i * T::threads] = sums.quad(i);
    __syncthreads();
    if (threadIdx.x == 0) {
      // The first part of a group is a multiple of 16 at each level: no two groups have the same
      // counter.
      int *counter = &reduction.counters[tile + first + level];
      memory.isLast = arrive(counter) == otherParts;
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

/// Computes one block's part of a product.
template <class T, class Left, class Right, class Finish>
__device__ void product(const Left &left, const Right &right, const Finish &finish,
                        const Reduction &reduction, ProductMemory<T> &memory) {
  const int firstRow = blockIdx.x * T::rows, firstColumn = blockIdx.y * T::columns;
  const int begin = blockIdx.z * reduction.part;
  const int end = least(begin + reduction.part, reduction.depth);
  Sums<T> sums;
  Operand<T, T::rows, Left> leftFactor(left, firstRow);
  Operand<T, T::columns, Right> rightFactor(right, firstColumn);
  // Unaligned data takes many load instructions, so fewer slices are loaded at a time. It is rare,
  // and only gradients of weights have long reductions of it.
  constexpr int fewer = Left::isAlongDepth || T::rows > 64 ? 1 : 2;
  if (left.aligned && right.aligned)
    multiply<true, T::ahead>(leftFactor, rightFactor, begin, end, memory.slices, sums);
  else
    multiply<false, fewer>(leftFactor, rightFactor, begin, end, memory.slices, sums);
  if (gridDim.z > 1 && !join<T>(sums, reduction, memory)) return;
  // The result overwrites the slices in shared memory.
  __syncthreads();
  sums.store(memory.result);
  __syncthreads();
  // A thread stores results of one column only. All that they need from memory is loaded before the
  // first is stored.
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
