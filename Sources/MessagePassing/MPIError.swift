internal import CMPI

/// A failed call of the MPI library.
public struct MPIError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The name of the C function, for example `MPI_Bcast`.
  public let call: String

  /// The error code that the function returned (the values differ between MPI libraries).
  public let code: Int32

  /// The library's own text for the code (`MPI_Error_string`).
  public let text: String

  public var description: String { "\(call) failed: \(text) (code \(code))" }
}

/// Throws an ``MPIError`` with the library's own text unless `code` is `MPI_SUCCESS`.
///
/// Every return code of the library passes through this function.
@inline(__always)
func check(_ code: Int32, _ call: String) throws {
  if code != cmpi_success() {
    throw MPIError(call: call, code: code, text: errorText(of: code))
  }
}

private func errorText(of code: Int32) -> String {
  let text = libraryString(capacity: cmpi_max_error_string()) { MPI_Error_string(code, $0, $1) }
  return text ?? "no text"
}

/// Returns the string that an MPI function writes into a buffer, or nil when the function fails.
///
/// `capacity` is the size of the buffer in characters. `fill` passes the buffer and a pointer for
/// the string's length to the function and returns its error code.
func libraryString(
  capacity: Int32, _ fill: (UnsafeMutablePointer<CChar>, UnsafeMutablePointer<Int32>) -> Int32
) -> String? {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(capacity) + 1) { buffer in
    buffer.initialize(repeating: 0)
    guard let base = buffer.baseAddress else { return nil }
    var length: Int32 = 0
    guard fill(base, &length) == cmpi_success() else { return nil }
    return String(decoding: buffer.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
