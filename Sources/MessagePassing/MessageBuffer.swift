/// Memory of a message: pointer, count and element type, which never travel apart.
///
/// It owns nothing; the memory is lent for the duration of a call.
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

  /// Memory that MPI only reads: its C signatures tell that by `const`.
  init<T: MPIScalar>(reading buffer: UnsafeBufferPointer<T>) {
    self.init(UnsafeMutableBufferPointer(mutating: buffer))
  }

  /// The elements from `offset`, `count` of them.
  func slice(_ offset: Int, _ count: Int) -> MessageBuffer {
    precondition(
      offset >= 0 && count >= 0 && offset + count <= self.count,
      "elements \(offset)..<\(offset + count) of a message of \(self.count)")
    return MessageBuffer(base: base.map { $0 + offset * kind.stride }, count: count, kind: kind)
  }

  /// Copies all elements of `other`, of the same type, over this one's from `offset` on.
  func copy(_ other: MessageBuffer, at offset: Int) {
    let target = slice(offset, other.count)
    if let to = target.base, let from = other.base {
      to.copyMemory(from: from, byteCount: other.count * kind.stride)
    }
  }

  /// The count as MPI takes it; callers have split what is larger.
  var count32: Int32 { Int32(count) }

  /// Calls `body` with the pieces of at most `limit` elements that make up the buffer, in order.
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
