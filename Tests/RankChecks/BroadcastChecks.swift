import MessagePassing

enum BroadcastChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    for root in 0..<world.size {
      let isSource = world.rank == root
      findings.expect(
        try world.broadcast(isSource ? 1_000_000_007 : world.rank, root: root),
        equals: 1_000_000_007, "a value from \(root)")
      findings.expect(
        try world.broadcast(isSource ? "Größe \(root) 🙂" : "other", root: root),
        equals: "Größe \(root) 🙂", "a string from \(root)")
      findings.expect(
        try world.broadcast(isSource ? "" : "other", root: root), equals: "", "an empty string")
      for count in [0, 1, 4, 5, 6, 10, 333] {
        for limit in [Int(Int32.max), 5] {
          // Each call has new numbers, so that the numbers of the previous call in memory cannot
          // hide a missing piece.
          let expected = (0..<count).map { Double($0) / 3 + Double(root) + Double(limit) }
          let limited = try world.withCountLimit(limit)
          let array = try limited.broadcast(isSource ? expected : [-1], root: root)
          findings.expect(array == expected, "\(count) elements from \(root), limit \(limit)")
        }
      }
      var bytes = [UInt8](repeating: isSource ? 200 : 1, count: 11)
      try bytes.withUnsafeMutableBufferPointer { buffer in
        try world.broadcast(UnsafeMutableBufferPointer(rebasing: buffer[3..<8]), root: root)
      }
      let edge: UInt8 = isSource ? 200 : 1
      let middle = [UInt8](repeating: 200, count: 5)
      findings.expect(
        bytes, equals: [edge, edge, edge] + middle + [edge, edge, edge], "a part of a buffer")
    }
  }
}
