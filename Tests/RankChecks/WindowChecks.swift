import MessagePassing

/// Shared memory of ranks, and its barrier.
enum WindowChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    let node = try world.splitByNode()
    // Different sizes; one of them is 0.
    let window = try SharedWindow(over: node, bytes: 800 * node.rank)
    for rank in 0..<node.size {
      let segment = window.segment(of: rank)
      findings.expect(segment.count >= 800 * rank, "segment \(rank) has \(segment.count) bytes")
      findings.expect(
        Int(bitPattern: segment.baseAddress) % 64 == 0, "segment \(rank) begins within a line")
      findings.expect(segment.prefix(800 * rank).allSatisfy { $0 == 0 }, "segment \(rank) not zero")
    }
    window.barrier()
    try rounds(node, &findings)
    try window.free()
    // A second window after the first must not be affected by it.
    let second = try SharedWindow(over: node, bytes: 64)
    findings.expect(second.segment(of: node.rank).prefix(64).allSatisfy { $0 == 0 }, "not zero")
    try second.free()
  }

  /// In each round every rank writes its number and, after a barrier, reads all ranks' numbers.
  ///
  /// If the barrier let a rank pass too early, the rank would read the number of another round.
  private static func rounds(_ node: Communicator, _ findings: inout Findings) throws {
    let window = try SharedWindow(over: node, bytes: 64)
    func number(_ rank: Int) -> UnsafeMutablePointer<Int> {
      window.segment(of: rank).assumingMemoryBound(to: Int.self).baseAddress
        ?? UnsafeMutablePointer.allocate(capacity: 1)
    }
    let numbers = (0..<node.size).map { number($0) }
    var mistakes = 0
    for round in 1...3000 {
      numbers[node.rank].pointee = round * (node.rank + 1)
      window.barrier()
      for rank in 0..<node.size where numbers[rank].pointee != round * (rank + 1) { mistakes += 1 }
      window.barrier()
    }
    findings.expect(mistakes, equals: 0, "numbers of another round")
    try window.free()
  }
}
