internal import CMPI

/// A number type that has an MPI datatype; messages are buffers of such numbers.
public protocol MPIScalar: BitwiseCopyable, Sendable {
  /// The MPI datatype with the same size and meaning.
  static var scalarKind: ScalarKind { get }
}

/// The element types of messages (MPI 3.1, section 3.2.2).
public enum ScalarKind: Sendable {
  case int8, uint8, int32, uint32, int64, uint64, float, double
}

extension ScalarKind {
  var datatype: MPI_Datatype {
    switch self {
    case .int8: cmpi_int8()
    case .uint8: cmpi_uint8()
    case .int32: cmpi_int32()
    case .uint32: cmpi_uint32()
    case .int64: cmpi_int64()
    case .uint64: cmpi_uint64()
    case .float: cmpi_float()
    case .double: cmpi_double()
    }
  }

  /// Number of bytes of one element.
  var stride: Int {
    switch self {
    case .int8, .uint8: 1
    case .int32, .uint32, .float: 4
    case .int64, .uint64, .double: 8
    }
  }
}

extension Int8: MPIScalar { public static var scalarKind: ScalarKind { .int8 } }
extension UInt8: MPIScalar { public static var scalarKind: ScalarKind { .uint8 } }
extension Int32: MPIScalar { public static var scalarKind: ScalarKind { .int32 } }
extension UInt32: MPIScalar { public static var scalarKind: ScalarKind { .uint32 } }
extension Int64: MPIScalar { public static var scalarKind: ScalarKind { .int64 } }
extension UInt64: MPIScalar { public static var scalarKind: ScalarKind { .uint64 } }
extension Int: MPIScalar { public static var scalarKind: ScalarKind { .int64 } }
extension Float: MPIScalar { public static var scalarKind: ScalarKind { .float } }
extension Double: MPIScalar { public static var scalarKind: ScalarKind { .double } }
