import HostInspection
import Testing

/// Shared memory, load, network, and differences between hosts.
@Suite struct DiagnosisHostsTests {
  @Test func littleSharedMemory() {
    let report = makeHealth {
      $0.hosts[0].sharedMemory = HostReport.SharedMemory(bytes: 4 << 20, freeBytes: 1 << 20)
    }
    #expect(
      problems(report) == [
        [
          "shared memory: node1: /dev/shm has 4 MiB, 1 MiB of it free; 2 ranks need 64 MiB, "
            + "and 32 MiB free",
          "mount -o remount,size=1G /dev/shm (as root; a container is started with --shm-size=1g)",
        ]
      ])
  }

  @Test func sharedMemoryThatIsFull() {
    let report = makeHealth(nodes: 2) {
      $0.hosts[1].sharedMemory = HostReport.SharedMemory(bytes: 1 << 30, freeBytes: 31 << 20)
    }
    #expect(
      problems(report).map { $0[1] } == [
        "ssh node2 mount -o remount,size=1G /dev/shm "
          + "(as root; a container is started with --shm-size=1g)"
      ])
    let alone = makeHealth(ranksPerNode: 1) {
      $0.hosts[0].sharedMemory = HostReport.SharedMemory(bytes: 1 << 20, freeBytes: 0)
    }
    #expect(problems(alone).isEmpty, "one rank shares nothing")
  }

  @Test func hugePagesThatAreTurnedOff() {
    let report = makeHealth(nodes: 2) {
      $0.hosts[0].hugePages = "madvise"
      $0.hosts[1].hugePages = "never"
    }
    #expect(
      problems(report) == [
        [
          "huge pages: node2: turned off; MPI_Allreduce of some megabytes within a node takes up to "
            + "twice as long in pages of 4 KiB",
          "ssh node2 tee /sys/kernel/mm/transparent_hugepage/enabled <<<madvise (as root)",
        ]
      ])
    let on = makeHealth { $0.hosts[0].hugePages = "always" }
    #expect(
      Diagnosis(on).findings.filter { $0.subject == .hugePages }.map(\.text) == ["node1 always"])
    let alone = makeHealth(ranksPerNode: 1) { $0.hosts[0].hugePages = "never" }
    #expect(problems(alone).isEmpty, "one rank exchanges nothing within its node")
  }

  private static func load(_ share: Double, stolen: Double = 0, _ programs: [BusyProgram])
    -> LoadReport
  {
    LoadReport(
      seconds: 0.5, cores: [0, 1], othersShare: share, stolenShare: stolen, programs: programs)
  }

  @Test func aBusyProgramIsNamed() {
    let programs = [
      BusyProgram(process: 4711, command: "python3 fit.py", coreShare: 0.98),
      BusyProgram(process: 12, command: "", coreShare: 0.06),
    ]
    let report = makeHealth { $0.hosts[0].load = Self.load(0.52, programs) }
    #expect(
      problems(report) == [
        [
          "load by others: node1: 52 % of the time of cores 0-1 went to others: python3 fit.py "
            + "(pid 4711), 98 % of a core; the system (pid 12), 6 % of a core",
          "kill -STOP 4711 (later kill -CONT 4711), or wait for the end",
        ]
      ])
    let other = makeHealth(nodes: 2) { $0.hosts[1].load = Self.load(0.52, programs) }
    #expect(
      problems(other).map { $0[1] } == [
        "ssh node2 kill -STOP 4711 (later ssh node2 kill -CONT 4711), or wait for the end"
      ])
  }

  @Test func stolenTimeHasNoProgram() {
    let report = makeHealth { $0.hosts[0].load = Self.load(0.25, stolen: 0.2, []) }
    #expect(
      problems(report) == [
        [
          "load by others: node1: 25 % of the time of cores 0-1 went to others (20 % taken by the "
            + "hypervisor): no program that is seen from here",
          "wait until it is over, or use another machine",
        ]
      ])
  }

  @Test func aTenthIsNoProblem() {
    #expect(problems(makeHealth { $0.hosts[0].load = Self.load(0.1, []) }).isEmpty)
    #expect(problems(makeHealth { $0.hosts[0].load = Self.load(0.101, []) }).count == 1)
  }

  @Test func aSlowNetworkBesideAnother() {
    let report = makeHealth(nodes: 2) { report in
      report.hosts[1].network.latencySeconds = 5.2e-3
      for node in 0..<2 {
        report.hosts[node].network.networks.append(
          HostReport.Network(
            interface: "ib0", address: "10.9.0.\(node + 1)", network: "10.9.0.0/16"))
      }
    }
    #expect(
      problems(report) == [
        [
          "network: 1 KiB takes 5200 us node1 - node2 (btl/tcp, eth0 10.0.0.2), more than the "
            + "1000 us of a slow local network",
          "mpirun --hostfile hostfile -np 4 --mca btl_tcp_if_include 10.9.0.0/16 mnist-mpi doctor",
        ]
      ])
    var job = report
    job.launch.launcher = "srun"
    #expect(
      problems(job)[0][1]
        == "OMPI_MCA_btl_tcp_if_include=10.9.0.0/16 srun --mpi=pmix -n 4 mnist-mpi doctor")
  }

  @Test func aSlowNetworkAlone() {
    let report = makeHealth(nodes: 2) { $0.hosts[1].network.latencySeconds = 1.1e-3 }
    #expect(
      problems(report).map { $0[1] } == [
        "ping -c 20 node2 (no other network joins the two; look for what slows this one)"
      ])
  }

  @Test func aLostHostWouldBeNoticedLate() {
    var report = makeHealth(nodes: 2) {
      $0.launch.missingKeepalive = ["oob_tcp_keepalive_time", "oob_tcp_keepalive_probes"]
    }
    #expect(
      problems(report) == [
        [
          "lost hosts: mpirun would notice a lost host only after minutes, while all ranks wait",
          "export OMPI_MCA_oob_tcp_keepalive_time=2 OMPI_MCA_oob_tcp_keepalive_probes=3",
        ]
      ])
    report.launch.launcher = "srun"
    #expect(problems(report).isEmpty, "srun has its own daemons")
    let single = makeHealth(nodes: 1) { $0.launch.missingKeepalive = ["oob_tcp_keepalive_time"] }
    #expect(problems(single).isEmpty)
  }

  @Test func keepaliveIsSetInTheEnvironmentOrInAFile() {
    let all = KeepaliveParameters.recommended.map(\.0)
    #expect(KeepaliveParameters.missing(environment: [:], files: []) == all)
    #expect(
      KeepaliveParameters.missing(
        environment: ["OMPI_MCA_oob_tcp_keepalive_intvl": "5"],
        files: ["# oob_tcp_keepalive_time = 1\n oob_tcp_keepalive_probes=3 # few\n"])
        == ["oob_tcp_keepalive_time"])
  }

  @Test func anotherProgram() {
    var report = makeHealth(nodes: 3) {
      $0.hosts[1].software.sha256 = "ffeeddccbbaa99"
      $0.hosts[1].software.revision = "1234abc"
    }
    #expect(
      problems(report) == [
        [
          "versions: the program differs: node1, node3: 0a1b2c3d4e5f; node2: ffeeddccbbaa (1234abc)",
          "rsync -a /usr/bin/mnist-mpi node2:/usr/bin/mnist-mpi",
        ]
      ])
    report.hosts[2].software.sha256 = "00"
    #expect(
      problems(report)[0][1] == "for host in node2 node3; do "
        + "rsync -a /usr/bin/mnist-mpi $host:/usr/bin/mnist-mpi; done")
  }

  @Test func otherLibraries() {
    let report = makeHealth(nodes: 2) {
      $0.hosts[1].software.mpi = "Open MPI 4.1.6"
      $0.hosts[1].software.blas = "OpenBLAS 0.3.20"
    }
    #expect(
      problems(report) == [
        [
          "versions: the MPI library differs: node1: Open MPI 4.1.4; node2: Open MPI 4.1.6",
          "install Open MPI 4.1.4 on node2, or use hosts that have it",
        ],
        [
          "versions: the BLAS library differs: node1: OpenBLAS 0.3.21; node2: OpenBLAS 0.3.20",
          "install OpenBLAS 0.3.21 on node2, or use hosts that have it",
        ],
      ])
  }

  @Test func otherProcessorsAndKernels() {
    let report = makeHealth(nodes: 3) {
      $0.hosts[0].software.blasKernel = "SkylakeX"
      $0.hosts[0].cpu = "Newer CPU"
      $0.hosts[2].software.blasKernel = "SkylakeX"
      $0.hosts[2].cpu = "Newer CPU"
    }
    #expect(
      problems(report) == [
        [
          "versions: the kernel of the BLAS library differs: node1, node3: SkylakeX; "
            + "node2: Haswell",
          "mpirun --hostfile hostfile -np 6 -x OPENBLAS_CORETYPE=Haswell mnist-mpi doctor",
        ],
        [
          "versions: the processor differs: node1, node3: Newer CPU; node2: Example CPU",
          "mpirun -np 4 --host node1:2,node3:2 mnist-mpi doctor",
        ],
      ])
    var job = report
    job.launch.launcher = "srun"
    #expect(
      problems(job).map { $0[1] } == [
        "OPENBLAS_CORETYPE=Haswell srun --mpi=pmix -n 6 mnist-mpi doctor",
        "srun --mpi=pmix -n 4 --nodelist=node1,node3 mnist-mpi doctor",
      ])
  }
}
