import MessagePassing

enum PointToPointChecks {
  /// Checks a chain of messages and the use of tags.
  ///
  /// In the chain, each rank receives the message of the previous rank, adds its own numbers and
  /// sends the result to the next rank.
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    for limit in [Int(Int32.max), 3] {
      let limited = try world.withCountLimit(limit)
      for count in [0, 1, 3, 7, 100] {
        var message = [Int](repeating: world.isRoot ? limit : -1, count: count)
        if world.rank > 0 {
          try message.withUnsafeMutableBufferPointer {
            try limited.receive(into: $0, from: world.rank - 1, tag: count)
          }
        }
        let expected = (0..<count).map { limit + $0 * world.rank }
        findings.expect(message == expected, "\(count) elements, limit \(limit)")
        if world.rank + 1 < world.size {
          let next = message.enumerated().map { $0.element + $0.offset }
          try limited.send(next, to: world.rank + 1, tag: count)
        }
      }
    }
    try tags(world, &findings)
  }

  /// Messages are distinguished by their tags.
  private static func tags(_ world: Communicator, _ findings: inout Findings) throws {
    guard world.size > 1 else { return }
    if world.rank == 1 {
      try world.send([1.5], to: 0, tag: 1)
      try world.send([2.5], to: 0, tag: 2)
    } else if world.isRoot {
      let second = try world.receive(Double.self, count: 1, from: 1, tag: 2)
      let first = try world.receive(Double.self, count: 1, from: 1, tag: 1)
      findings.expect(second + first, equals: [2.5, 1.5], "two tags")
    }
  }
}
