import MessagePassing

enum GatherChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    // The lengths of the ranks' arrays: equal, unequal, some empty, all empty, one long.
    let lengths: [(String, @Sendable (Int) -> Int)] = [
      ("equal", { _ in 3 }), ("unequal", { 2 * $0 + 1 }),
      ("odd ranks empty", { $0 % 2 == 0 ? 5 : 0 }),
      ("rank 0 empty", { $0 == 0 ? 0 : 4 }), ("all empty", { _ in 0 }),
      ("rank 0 long", { $0 == 0 ? 100 : 1 }),
    ]
    for (name, length) in lengths {
      for limit in [Int(Int32.max), 16, 4] {
        let expected = (0..<world.size).map { rank in
          (0..<length(rank)).map { limit - 1000 * rank - $0 }
        }
        let own = expected[world.rank]
        let limited = try world.withCountLimit(limit)
        let what = "\(name), limit \(limit)"
        findings.expect(try limited.allGather(own), equals: expected, "all-gather, \(what)")
        for root in 0..<world.size {
          let parts = try limited.gather(own, root: root)
          findings.expect(
            parts, equals: world.rank == root ? expected : nil, "gather on \(root), \(what)")
        }
      }
    }
    findings.expect(
      try world.allGather(Double(world.rank) / 7),
      equals: (0..<world.size).map { Double($0) / 7 }, "all-gather of a value")
  }
}
