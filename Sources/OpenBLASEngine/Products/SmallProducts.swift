internal import VectorKernels

// Matrix products by the kernels of VectorKernels. OpenBLAS first copies both factors into its own
// order, and spends a good part of its time on that when one side of a product is short. Where a
// kernel does not fit (it computes 16 columns at a time), OpenBLAS computes the product.

/// `result = left * right` or `result += left * right` for small matrices that are in the cache.
///
/// Used for the products of Winograd's method.
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

/// `result = left * right` where `right` and `result` are large and `left` is small.
///
/// Used for the gradients of a fully connected layer.
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
  /// Distance in floats from one row to the next, as the matrix is read.
  fileprivate var rowStep: Int { isTransposed ? 1 : stride }
  /// Distance in floats from one column to the next, as the matrix is read.
  fileprivate var columnStep: Int { isTransposed ? stride : 1 }
}
