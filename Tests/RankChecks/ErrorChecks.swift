import MessagePassing

/// An error of the library is thrown as an `MPIError` with the call's name and the library's text.
///
/// The texts are compared without case: `MPI_ERR_ROOT: invalid root` of Open MPI, `Invalid root` of MPICH.
enum ErrorChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    let byte = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1)
    defer { byte.deallocate() }
    byte.initialize(repeating: 0)
    let counts = [Int](repeating: 1, count: world.size)

    expect("MPI_Bcast", "ROOT", &findings) { _ = try world.broadcast(1, root: world.size) }
    expect("MPI_Bcast", "ROOT", &findings) { _ = try world.broadcast(1, root: -7) }
    expect("MPI_Bcast", "ROOT", &findings) { _ = try world.broadcast(1, root: 1 << 40) }
    expect("MPI_Gatherv", "ROOT", &findings) { _ = try world.gather([1], root: world.size) }
    expect("MPI_Scatterv", "ROOT", &findings) {
      try world.scatter(nil, counts: counts, into: byte, root: world.size)
    }
    expect("MPI_Send", "RANK", &findings) { try world.send([1], to: world.size) }
    expect("MPI_Recv", "RANK", &findings) {
      _ = try world.receive(Int.self, count: 1, from: world.size)
    }
    expect("MPI_Allreduce", "OP", &findings) { _ = try world.allReduce(1.5, .bitwiseAnd) }
    expect("MPI_Iallreduce", "OP", &findings) {
      var value: Float = 1
      try withUnsafeMutablePointer(to: &value) {
        let buffer = UnsafeMutableBufferPointer(start: $0, count: 1)
        try world.startAllReduce(inPlace: buffer, .logicalOr).wait()
      }
    }
    try lengths(world, &findings)
    findings.expect(try world.allReduce(1, .sum), equals: world.size, "after all these errors")
  }

  /// A message that is longer or shorter than the receiver's buffer.
  private static func lengths(_ world: Communicator, _ findings: inout Findings) throws {
    guard world.size > 1 else { return }
    if world.rank == 1 {
      try world.send([1, 2, 3], to: 0, tag: 1)
      try world.send([1, 2, 3], to: 0, tag: 2)
    } else if world.isRoot {
      expect("MPI_Recv", "TRUNCATED", &findings) {
        _ = try world.receive(Int.self, count: 2, from: 1, tag: 1)
      }
      expect("MPI_Recv", "3 elements where 4 were expected", &findings) {
        _ = try world.receive(Int.self, count: 4, from: 1, tag: 2)
      }
    }
  }

  private static func expect(
    _ call: String, _ text: String, _ findings: inout Findings, _ body: () throws -> Void
  ) {
    do {
      try body()
      findings.expect(false, "\(call) did not fail")
    } catch {
      let description = "\(error)"
      findings.expect(
        description.hasPrefix("\(call) failed: ")
          && description.lowercased().contains(text.lowercased()),
        "'\(description)' instead of a failed \(call) with \(text)")
    }
  }
}
