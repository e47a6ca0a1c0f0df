internal import CMPI

/// What a reduction may compute with a type, and in which type MPI computes it.
extension ReduceOperation {
  /// Whether the operation is a comparison, whose result depends on the sign of a type.
  var isComparison: Bool { self == .min || self == .max }

  /// Throws an error of `call` for a logical or bitwise operation on floating-point numbers.
  ///
  /// Open MPI returns such an error itself. MPICH returns it from a blocking call, but ends the
  /// process when a non-blocking one progresses.
  func requireDefined(for kind: ScalarKind, _ call: String) throws {
    guard kind == .float || kind == .double else { return }
    switch self {
    case .sum, .product, .min, .max: return
    case .logicalAnd, .logicalOr, .bitwiseAnd, .bitwiseOr, .bitwiseXor:
      throw MPIError(
        call: call, code: cmpi_err_op(), text: "MPI_ERR_OP: \(self) is not defined for \(kind)")
    }
  }
}

extension ScalarKind {
  /// The signed type of the same size; nil for types that are signed.
  private var signed: ScalarKind? {
    switch self {
    case .uint8: .int8
    case .uint32: .int32
    case .uint64: .int64
    case .int8, .int32, .int64, .float, .double: nil
    }
  }

  /// The signed type in which a comparison of this unsigned type is made; nil if it is not needed.
  ///
  /// MPICH up to 4.0 and Open MPI 4.1.2 to 4.1.4 (`MPI_UNSIGNED_LONG`) compare unsigned numbers as
  /// signed ones (pmodels/mpich 6083, open-mpi/ompi 10276). With its highest bit inverted, an unsigned
  /// number has the same place in the order of the signed ones.
  func comparedAs(_ operation: ReduceOperation) -> ScalarKind? {
    operation.isComparison ? signed : nil
  }
}

/// Inverts the highest bit of each element.
func invertHighestBits<T: MPIScalar>(_ buffer: UnsafeMutableBufferPointer<T>) {
  let bytes = UnsafeMutableRawBufferPointer(buffer)
  let size = MemoryLayout<T>.stride
  #if _endian(little)
    let highest = size - 1
  #else
    let highest = 0
  #endif
  for index in stride(from: highest, to: bytes.count, by: size) { bytes[index] ^= 0x80 }
}
