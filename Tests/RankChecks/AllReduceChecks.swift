import MessagePassing

enum AllReduceChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    try types(world, &findings)
    try operations(world, &findings)
    try splitCounts(world, &findings)
  }

  private static func types(_ world: Communicator, _ findings: inout Findings) throws {
    func sum<T: MPIScalar & Numeric>(_ type: T.Type, _ findings: inout Findings) throws {
      let expected = T(exactly: world.size * (world.size + 1) / 2)
      let own = T(exactly: world.rank + 1) ?? 0
      let total = try world.allReduce(own, .sum)
      findings.expect(total, equals: expected ?? 0, "sum of \(type)")
      let pair = try world.allReduce([own, 1], .sum)
      findings.expect(pair, equals: [expected ?? 0, T(exactly: world.size) ?? 0], "[\(type)]")
    }
    try sum(Int8.self, &findings)
    try sum(UInt8.self, &findings)
    try sum(Int32.self, &findings)
    try sum(UInt32.self, &findings)
    try sum(Int64.self, &findings)
    try sum(UInt64.self, &findings)
    try sum(Int.self, &findings)
    try sum(Float.self, &findings)
    try sum(Double.self, &findings)

    // Extreme values distinguish signed from unsigned types, and 32-bit from 64-bit types.
    let first = world.isRoot
    findings.expect(try world.allReduce(first ? Int8.min : 1, .min), equals: .min, "Int8.min")
    findings.expect(try world.allReduce(first ? UInt8.max : 1, .max), equals: .max, "UInt8.max")
    findings.expect(try world.allReduce(first ? Int32.min : 1, .min), equals: .min, "Int32.min")
    findings.expect(try world.allReduce(first ? UInt32.max : 1, .max), equals: .max, "UInt32.max")
    findings.expect(try world.allReduce(first ? Int64.min : 1, .min), equals: .min, "Int64.min")
    findings.expect(try world.allReduce(first ? UInt64.max : 1, .max), equals: .max, "UInt64.max")
    findings.expect(try world.allReduce(first ? Int.min : 1, .min), equals: .min, "Int.min")
    findings.expect(
      try world.allReduce(first ? 1.0e-30 : 1, .min), equals: 1.0e-30, "a small Double")
  }

  private static func operations(_ world: Communicator, _ findings: inout Findings) throws {
    let rank = world.rank
    let ranks = 0..<world.size
    func expect(
      _ own: Int, _ operation: ReduceOperation, _ expected: Int, _ findings: inout Findings
    ) throws {
      findings.expect(try world.allReduce(own, operation), equals: expected, "\(operation)")
    }
    try expect(rank - 5, .sum, ranks.reduce(0) { $0 + $1 - 5 }, &findings)
    try expect(rank + 2, .product, ranks.reduce(1) { $0 * ($1 + 2) }, &findings)
    try expect(7 - rank, .min, 8 - world.size, &findings)
    try expect(7 - rank, .max, 7, &findings)
    try expect(rank, .logicalAnd, 0, &findings)
    try expect(rank + 1, .logicalAnd, 1, &findings)
    try expect(rank, .logicalOr, world.size > 1 ? 1 : 0, &findings)
    try expect(0, .logicalOr, 0, &findings)
    try expect(~(1 << rank), .bitwiseAnd, ~((1 << world.size) - 1), &findings)
    try expect(1 << rank, .bitwiseOr, (1 << world.size) - 1, &findings)
    let top = 1 << 40
    try expect((1 << rank) + top, .bitwiseXor, ranks.reduce(0) { $0 ^ (1 << $1) ^ top }, &findings)
  }

  private static func splitCounts(_ world: Communicator, _ findings: inout Findings) throws {
    let scale = Float(world.size * (world.size + 1) / 2)
    for count in [0, 1, 6, 7, 8, 14, 15, 1000] {
      let own = (0..<count).map { Float($0 * (world.rank + 1)) }
      let expected = (0..<count).map { Float($0) * scale }
      let whole = try world.allReduce(own, .sum)
      findings.expect(whole == expected, "\(count) elements")
      let pieces = try world.withCountLimit(7).allReduce(own, .sum)
      findings.expect(pieces == expected, "\(count) elements in pieces of 7")
    }
  }
}
