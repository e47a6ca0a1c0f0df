import HostInspection
import Testing

/// Threads, cores, binding.
@Suite struct DiagnosisCoresTests {
  /// Four cores; two ranks with two threads each, bound to one core each.
  private static func narrow(launcher: String = "mpirun", nodes: Int = 1) -> HealthReport {
    makeHealth(nodes: nodes, launcher: launcher) { report in
      for rank in report.ranks.indices { report.ranks[rank].threads = 2 }
      for node in report.hosts.indices {
        report.hosts[node].permittedCores = [0, 1, 2, 3]
        report.hosts[node].launcherCores = [0, 1, 2, 3]
      }
      report.launch.words += ["--threads", "2"]
    }
  }

  @Test func moreThreadsThanTheBindingAllows() {
    #expect(
      problems(Self.narrow()) == [
        [
          "binding: ranks 0-1 have 2 threads and may use 1 core each",
          "mpirun -np 2 --bind-to none mnist-mpi doctor --threads 2",
        ]
      ])
    #expect(
      problems(Self.narrow(nodes: 2)) == [
        [
          "binding: ranks 0-3 have 2 threads and may use 1 core each",
          "mpirun --hostfile hostfile -np 4 --bind-to none mnist-mpi doctor --threads 2",
        ]
      ])
    #expect(
      problems(Self.narrow(launcher: "srun"))[0][1]
        == "srun --mpi=pmix -n 2 --cpus-per-task=2 mnist-mpi doctor --threads 2")
  }

  @Test func oneRankOfSeveral() {
    var report = Self.narrow()
    report.ranks[0].threads = 1
    report.hosts[0].permittedCores = [0, 1, 2, 3]
    #expect(
      problems(report)[0][0] == "binding: rank 1 on node1 has 2 threads and may use 1 core (1)")
  }

  @Test func aRankAloneBehindTaskset() {
    let report = makeHealth(ranksPerNode: 1, launcher: "none") {
      $0.ranks[0].threads = 2
      $0.hosts[0].permittedCores = [0, 1]
      $0.launch.words = ["mnist-mpi", "--data", "my digits"]
    }
    #expect(
      problems(report) == [
        [
          "binding: rank 0 on node1 has 2 threads and may use 1 core (0)",
          "taskset -c 0-1 mnist-mpi --data 'my digits'",
        ]
      ])
  }

  @Test func moreRanksThanCores() {
    let report = makeHealth(ranksPerNode: 4) { report in
      report.hosts[0].permittedCores = [0, 1]
      for rank in 0..<4 { report.ranks[rank].cores = [0, 1] }
    }
    #expect(
      problems(report) == [
        [
          "oversubscription: node1: 4 ranks with 4 threads in all on 2 cores",
          "mpirun -np 2 mnist-mpi doctor",
        ]
      ])
  }

  @Test func moreRanksThanCoresOnSeveralNodes() {
    let report = makeHealth(nodes: 3, ranksPerNode: 4) { report in
      for node in 0..<3 { report.hosts[node].permittedCores = [0, 1] }
      for rank in 0..<12 {
        report.ranks[rank].cores = [0, 1]
        report.ranks[rank].threads = 2
      }
      report.launch.words += ["--threads=2", "--json"]
    }
    #expect(
      problems(report) == [
        [
          "oversubscription: node1, node2, node3: 4 ranks with 8 threads in all on 2 cores",
          "mpirun --hostfile hostfile -np 6 --map-by ppr:2:node mnist-mpi doctor --json --threads 1",
        ]
      ])
    var job = report
    job.launch.isAllocation = true
    #expect(problems(job)[0][1].hasPrefix("mpirun -np 6 --map-by ppr:2:node "))
    job.launch.launcher = "srun"
    #expect(problems(job)[0][1].hasPrefix("srun --mpi=pmix -n 6 --ntasks-per-node=2 mnist-mpi "))
  }

  @Test func moreThreadsThanCores() {
    let report = makeHealth { report in
      report.hosts[0].permittedCores = [0, 1, 2, 3, 4]
      for rank in 0..<2 { report.ranks[rank].threads = 4 }
      report.launch.words += ["--threads", "4"]
    }
    #expect(
      problems(report) == [
        [
          "oversubscription: node1: 2 ranks with 8 threads in all on 5 cores",
          "mpirun -np 2 --bind-to none mnist-mpi doctor --threads 2",
        ]
      ])
  }

  @Test func aContainerWithLessTimeThanCores() {
    let report = makeHealth(ranksPerNode: 4) { $0.hosts[0].cpuQuota = 2.5 }
    #expect(
      problems(report) == [
        [
          "oversubscription: node1: 4 ranks with 4 threads in all on the time of 2 cores "
            + "(control group quota)", "mpirun -np 2 mnist-mpi doctor",
        ]
      ])
  }

  @Test func aContainerWithHalfACore() {
    let report = makeHealth(ranksPerNode: 1) { $0.hosts[0].cpuQuota = 0.5 }
    #expect(
      problems(report) == [
        [
          "oversubscription: node1: 1 rank with 1 thread in all on the time of 0.50 cores "
            + "(control group quota)",
          "request at least one core for each rank from the container or the batch system",
        ]
      ])
  }

  @Test func ranksOnTheSameCore() {
    let report = makeHealth(ranksPerNode: 4) { report in
      report.ranks[2].cores = [0]
      report.ranks[3].cores = [0, 1, 2, 3]
    }
    #expect(
      problems(report) == [
        [
          "shared cores: node1: ranks 0,2 with 2 threads have only 1 core (0) between them",
          "mpirun -np 4 --bind-to core mnist-mpi doctor",
        ]
      ])
  }

  @Test func ranksBehindTaskset() {
    let report = makeHealth { report in
      report.ranks[1].cores = [0]
      report.hosts[0].launcherCores = [0]
    }
    #expect(
      problems(report)[0][1] == "taskset -c 0-1 mpirun -np 2 --bind-to core mnist-mpi doctor")
  }

  @Test func setsThatOverlapInARing() {
    let report = makeHealth(ranksPerNode: 3) { report in
      for rank in 0..<3 {
        report.ranks[rank].cores = [rank, (rank + 1) % 3].sorted()
        report.ranks[rank].threads = 2
      }
      report.hosts[0].permittedCores = Array(0..<8)
      report.hosts[0].launcherCores = Array(0..<8)
    }
    #expect(
      problems(report) == [
        [
          "shared cores: node1: ranks 0-2 with 6 threads have only 3 cores (0-2) between them",
          "mpirun -np 3 --map-by slot:PE=2 --bind-to core mnist-mpi doctor",
        ]
      ])
    var job = report
    job.launch.launcher = "srun"
    #expect(
      problems(job)[0][1]
        == "srun --mpi=pmix -n 3 --cpus-per-task=2 --cpu-bind=cores mnist-mpi doctor")
  }

  @Test func unboundRanksWithEnoughCoresShareNothing() {
    let report = makeHealth(ranksPerNode: 4) { report in
      for rank in 0..<4 { report.ranks[rank].cores = [0, 1, 2, 3] }
    }
    #expect(problems(report).isEmpty)
  }
}
