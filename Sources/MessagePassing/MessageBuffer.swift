/// The memory of a message: pointer, count and element type in one value.
///
/// It does not own the memory, which must be valid for the duration of the call.
struct MessageBuffer {
  let base: UnsafeMutableRawPointer?
  let count: Int
  let kind: ScalarKind

  init(base: UnsafeMutableRawPointer?, count: Int, kind: ScalarKind) {
    self.base = base
    self.count = count
    self.kind = kind
  }

  init<T: MPIScalar>(_ buffer: UnsafeMutableBufferPointer<T>) {
    self.init(
      base: UnsafeMutableRawPointer(buffer.baseAddress), count: buffer.count, kind: T.scalarKind)
  }

  /// Makes a buffer that MPI only reads, as `const` in the C signatures guarantees.
  init<T: MPIScalar>(reading buffer: UnsafeBufferPointer<T>) {
    self.init(UnsafeMutableBufferPointer(mutating: buffer))
  }

  /// Returns the `count` elements from `offset` on.
  func slice(_ offset: Int, _ count: Int) -> MessageBuffer {
    precondition(
      offset >= 0 && count >= 0 && offset + count <= self.count,
      "elements \(offset)..<\(offset + count) of a message of \(self.count)")
    return MessageBuffer(base: base.map { $0 + offset * kind.stride }, count: count, kind: kind)
  }

  /// Copies all elements of `other`, which has the same type, to this buffer from `offset` on.
  func copy(_ other: MessageBuffer, at offset: Int) {
    let target = slice(offset, other.count)
    if let to = target.base, let from = other.base {
      to.copyMemory(from: from, byteCount: other.count * kind.stride)
    }
  }

  /// The count as a 32-bit integer, as MPI requires; callers split larger buffers first.
  var count32: Int32 { Int32(count) }

  /// Calls `body` with consecutive pieces of the buffer of at most `limit` elements each.
  @inline(__always)
  func forEachPiece(limit: Int, _ body: (MessageBuffer) throws -> Void) rethrows {
    if count <= limit {
      try body(self)
      return
    }
    var offset = 0
    while offset < count {
      let length = min(limit, count - offset)
      try body(slice(offset, length))
      offset += length
    }
  }
}
