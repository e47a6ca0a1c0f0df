import MessagePassing

/// The two halves of an all-reduce: each range to its owner, then the owners' ranges to all ranks.
enum RangeChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    let (size, rank) = (world.size, world.rank)
    // Uneven ranges with gaps between them; the last one is empty.
    let ranges = (0..<size).map { (10 * $0 + 2)..<(10 * $0 + 2 + (size - 1 - $0) * 2) }
    let length = 10 * size + 3
    for senders in [Set(0..<size), Set((0..<size).filter { $0 % 2 == 0 })] {
      let others = senders.filter { $0 != rank }.sorted()
      let own = (0..<length).map { Float(1000 * rank + $0) }
      let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: length)
      let parts = UnsafeMutableBufferPointer<Float>.allocate(
        capacity: others.count * ranges[rank].count)
      defer {
        buffer.deallocate()
        parts.deallocate()
      }
      _ = buffer.initialize(from: own)
      parts.initialize(repeating: -1)
      try world.exchange(
        senders.contains(rank) ? buffer : nil, ranges: ranges, senders: senders, into: parts)
      let expected = others.flatMap { peer in ranges[rank].map { Float(1000 * peer + $0) } }
      findings.expect(Array(parts), equals: expected, "elements received from \(others)")
      findings.expect(Array(buffer), equals: own, "elements sent, which must not change")

      try world.allGather(inPlace: buffer, ranges: ranges)
      var whole = own
      for (peer, range) in ranges.enumerated() {
        for index in range { whole[index] = Float(1000 * peer + index) }
      }
      findings.expect(Array(buffer), equals: whole, "the ranges of all")
    }
  }
}
