internal import CMPI

/// The operation that a reduction applies to the elements of all ranks (MPI 3.1, section 5.9.2).
///
/// Logical and bitwise operations need integers; for floating-point numbers they are an error.
public enum ReduceOperation: Sendable, CaseIterable {
  case sum, product, min, max, logicalAnd, logicalOr, bitwiseAnd, bitwiseOr, bitwiseXor
}

extension ReduceOperation {
  var handle: MPI_Op {
    switch self {
    case .sum: cmpi_sum()
    case .product: cmpi_product()
    case .min: cmpi_minimum()
    case .max: cmpi_maximum()
    case .logicalAnd: cmpi_logical_and()
    case .logicalOr: cmpi_logical_or()
    case .bitwiseAnd: cmpi_bitwise_and()
    case .bitwiseOr: cmpi_bitwise_or()
    case .bitwiseXor: cmpi_bitwise_xor()
    }
  }
}
