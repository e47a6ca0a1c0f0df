internal import COpenBLAS
internal import VectorKernels

/// The OpenBLAS library: its number of threads, its version, its kernel.
public enum BLAS {
  /// Limits OpenBLAS to one thread, because more would compete with the engine's threads.
  static func useOneThread() {
    openblas_set_num_threads(1)
    let threads = openblas_get_num_threads()
    precondition(threads == 1, "OpenBLAS was asked for 1 thread and has \(threads)")
  }

  /// Makes OpenBLAS write all the memory into which it packs the factors of this thread's products.
  ///
  /// The kernels of OpenBLAS prefetch beyond the packed data. Memory that was never written has no
  /// page, and each prefetch from it costs a walk through the page tables: the product of the cnn's
  /// large layer took 11.9 ms instead of 3.9 ms (OpenBLAS 0.3.21, kernel Zen) until a product of
  /// this size had been computed. Takes 25 ms.
  static func touchPackingMemory() {
    let (rows, columns, depth) = (768, 1024, 384)
    let (left, right, result) = (
      FloatBuffer(count: rows * depth), FloatBuffer(count: depth * columns),
      FloatBuffer(count: rows * columns)
    )
    withExtendedLifetime((left, right, result)) {
      multiply(
        Matrix(left.data, rows: rows, columns: depth),
        Matrix(right.data, rows: depth, columns: columns),
        into: Matrix(result.data, rows: rows, columns: columns))
    }
  }

  /// Name and version of the library, such as `OpenBLAS 0.3.21`.
  public static var version: String {
    String(cString: openblas_get_config()).split(separator: " ").prefix(2).joined(separator: " ")
  }

  /// The kernel that OpenBLAS chose for this processor, such as `Haswell`.
  public static var kernel: String { String(cString: openblas_get_corename()) }
}

/// A view of a row-major matrix in memory that it does not own, which may be read transposed.
struct Matrix {
  let data: UnsafeMutablePointer<Float>
  let rows: Int
  let columns: Int
  /// Distance in floats from one stored row to the next.
  let stride: Int
  let isTransposed: Bool

  init(_ data: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
    self.init(data, rows, columns, stride: columns, isTransposed: false)
  }

  private init(
    _ data: UnsafeMutablePointer<Float>, _ rows: Int, _ columns: Int, stride: Int,
    isTransposed: Bool
  ) {
    self.data = data
    self.rows = rows
    self.columns = columns
    self.stride = stride
    self.isTransposed = isTransposed
  }

  /// The same memory, read with rows and columns exchanged.
  var transposed: Matrix {
    Matrix(data, columns, rows, stride: stride, isTransposed: !isTransposed)
  }
}

/// `result = left * right`, or `result += left * right`, in single precision.
@inline(__always)
func multiply(_ left: Matrix, _ right: Matrix, into result: Matrix, adding: Bool = false) {
  assert(left.rows == result.rows && right.columns == result.columns)
  assert(left.columns == right.rows && !result.isTransposed)
  cblas_sgemm(
    CblasRowMajor, left.isTransposed ? CblasTrans : CblasNoTrans,
    right.isTransposed ? CblasTrans : CblasNoTrans, Int32(result.rows), Int32(result.columns),
    Int32(left.columns), 1, left.data, Int32(left.stride), right.data, Int32(right.stride),
    adding ? 1 : 0, result.data, Int32(result.stride))
}
