import MessagePassing

enum ScatterChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    let size = world.size
    let shapes: [(String, [Int])] = [
      ("equal", (0..<size).map { _ in 6 }), ("unequal", (0..<size).map { 3 * $0 + 1 }),
      ("odd ranks empty", (0..<size).map { $0 % 2 == 0 ? 7 : 0 }),
      ("rank 0 empty", (0..<size).map { $0 == 0 ? 0 : 2 }),
      ("all empty", (0..<size).map { _ in 0 }),
      ("last rank long", (0..<size).map { $0 == size - 1 ? 211 : 1 }),
    ]
    for (name, counts) in shapes {
      for limit in [Int(Int32.max), 64, 8, 4] {
        for root in 0..<size {
          let limited = try world.withCountLimit(limit)
          try scatter(limited, counts, root, "\(name), limit \(limit), from \(root)", &findings)
        }
      }
    }
  }

  private static func scatter(
    _ world: Communicator, _ counts: [Int], _ root: Int, _ what: String,
    _ findings: inout Findings
  ) throws {
    let total = counts.reduce(0, +)
    let whole = (0..<total).map { UInt32(1_000_000 + $0) }
    let start = counts[..<world.rank].reduce(0, +)
    var own = [UInt32](repeating: 0, count: counts[world.rank])
    try own.withUnsafeMutableBufferPointer { buffer in
      try whole.withUnsafeBufferPointer { source in
        try world.scatter(
          world.rank == root ? source : nil, counts: counts, into: buffer, root: root)
      }
    }
    findings.expect(own, equals: Array(whole[start..<start + counts[world.rank]]), what)
  }
}
