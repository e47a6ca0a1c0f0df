import MessagePassing

enum SplitChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    // Even and odd ranks, in reversed order.
    let parity = try world.split(color: world.rank % 2, key: -world.rank)
    let members = (0..<world.size).filter { $0 % 2 == world.rank % 2 }.reversed()
    findings.expect(parity.size, equals: members.count, "size of a half")
    findings.expect(
      try parity.allGather(world.rank), equals: Array(members), "order of a half")
    findings.expect(
      try parity.allReduce(1, .sum), equals: members.count, "all-reduce within a half")

    // All ranks of the tests are on this machine.
    let node = try world.splitByNode()
    findings.expect(node.size, equals: world.size, "ranks on this node")
    findings.expect(node.rank, equals: world.rank, "rank on this node")
    findings.expect(
      try node.allGather(world.rank), equals: Array(0..<world.size), "order on this node")

    // A split communicator keeps the count limit, and its errors are thrown too.
    let limited = try world.withCountLimit(2).split(color: 0, key: world.rank)
    findings.expect(limited.countLimit, equals: 2, "count limit of a split communicator")
    do {
      _ = try parity.broadcast(1, root: 99)
      findings.expect(false, "no error from a split communicator")
    } catch let error as MPIError {
      findings.expect(error.call, equals: "MPI_Bcast", "call of the error")
    }

    // These are more communicators than an MPI library can hold at once, so they must be freed.
    let alone = try world.split(color: world.rank, key: 0)
    for _ in 0..<70_000 { _ = try alone.split(color: 0, key: 0) }
    findings.expect(alone.size, equals: 1, "size of a communicator of one rank")
  }
}
