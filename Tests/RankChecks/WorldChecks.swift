import MessagePassing

enum WorldChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    let launch = LaunchEnvironment.current
    findings.expect(world.rank, equals: launch.probableRank, "rank, against the launcher's")
    findings.expect(world.size, equals: launch.probableSize, "size, against the launcher's")
    findings.expect(world.isRoot, equals: world.rank == 0, "isRoot")
    findings.expect(launch.mpirunIsPresent, "mpirun is not seen")
    findings.expect(
      launch.foreignLauncherProblem() == nil, "mpirun is taken for a foreign launcher")
    findings.expect(!world.processorName.isEmpty, "no host name")
    try world.barrier()
    findings.expect(
      try world.allGather(world.rank), equals: Array(0..<world.size), "all ranks, gathered")
  }
}
