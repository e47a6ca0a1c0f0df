import MessagePassing

/// Memory that ranks share, and its barrier.
enum WindowChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    let node = try world.splitByNode()
    // Different sizes, one of them nothing.
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
    // One after the other: nothing of the first may be in the way.
    let second = try SharedWindow(over: node, bytes: 64)
    findings.expect(second.segment(of: node.rank).prefix(64).allSatisfy { $0 == 0 }, "not zero")
    try second.free()
  }

  /// Each round every rank writes its number and, after a barrier, reads everybody's.
  ///
  /// With a barrier that lets one pass too early some round finds an old or a new number.
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
