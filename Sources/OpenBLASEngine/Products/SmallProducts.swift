internal import VectorKernels

// Products that the house's own kernels compute, because OpenBLAS, whose way is to copy both
// factors into its own order first, spends a good part of its time on that when one side is short.
// Where a kernel does not fit (it takes 16 columns at a time) OpenBLAS does the work.

/// `result = left * right` or `result += left * right` for small matrices that lie in the cache, as
/// those of Winograd's method.
@inline(__always)
func multiplySmall(_ left: Matrix, _ right: Matrix, into result: Matrix, adding: Bool = false) {
  guard result.columns % 16 == 0, !right.isTransposed else {
    multiply(left, right, into: result, adding: adding)
    return
  }
  assert(right.stride == right.columns && result.stride == result.columns)
  vk_multiply(
    left.data, left.rowStep, left.columnStep, right.data, result.rows, result.columns,
    left.columns, adding ? 1 : 0, result.data)
}

/// `result = left * right` where `right` and `result` are large and `left` is small, as in the
/// gradients of a fully connected layer.
@inline(__always)
func multiplyWide(_ left: Matrix, _ right: Matrix, into result: Matrix) {
  guard result.columns % 16 == 0, !right.isTransposed else {
    multiply(left, right, into: result)
    return
  }
  assert(right.stride == right.columns && result.stride == result.columns)
  vk_multiply_packing(
    left.data, left.rowStep, left.columnStep, right.data, result.rows, result.columns,
    left.columns, result.data)
}

extension Matrix {
  /// Numbers from one row to the next, as the matrix is read.
  fileprivate var rowStep: Int { isTransposed ? 1 : stride }
  /// Numbers from one column to the next, as the matrix is read.
  fileprivate var columnStep: Int { isTransposed ? stride : 1 }
}
