import Foundation
import HostInspection
import Testing

/// Whole diagnoses; other suites test the single subjects.
@Suite struct DiagnosisTests {
  @Test func allIsWellOnOneNode() {
    let diagnosis = Diagnosis(makeHealth())
    #expect(diagnosis.problemCount == 0 && diagnosis.warnings.isEmpty)
    #expect(
      diagnosis.text == """
        ok       launcher: mpirun, 2 ranks on 1 node (node1)
        ok       binding: every rank runs 1 thread on 1 core
        ok       oversubscription: none; threads on cores: node1 2 on 2
        ok       shared cores: none that threads would have to wait for
        ok       device: cpu
        ok       network: none needed on one node, loaded: btl/tcp, btl/vader
        ok       CUDA: Open MPI 4.1.4 cannot send from a GPU's memory, which ranks on the CPU do not need
        ok       shared memory: /dev/shm: node1 512 MiB of 1024 MiB free
        ok       load by others: node1 1.2 % of the ranks' cores, measured for 0.5 s
        ok       versions: program 0a1b2c3d4e5f, Open MPI 4.1.4, OpenBLAS 0.3.21 (kernel Haswell), Example CPU
        0 findings
        """)
  }

  @Test func allIsWellOnManyNodes() {
    let text = Diagnosis(makeHealth(nodes: 6)).text
    for line in [
      "ok       launcher: mpirun, 12 ranks on 6 nodes (node1, node2, node3 and 3 more)",
      "ok       network: 1 KiB takes 31 us node1 - node2 (btl/tcp, eth0 10.0.0.2), "
        + "31 us node1 - node3 (btl/tcp, eth0 10.0.0.3), "
        + "31 us node1 - node4 (btl/tcp, eth0 10.0.0.4) and 2 more",
      "ok       versions: the same on all hosts: program 0a1b2c3d4e5f, Open MPI 4.1.4, "
        + "OpenBLAS 0.3.21 (kernel Haswell), Example CPU",
      "0 findings",
    ] {
      #expect(text.components(separatedBy: "\n").contains(line), "\(line)")
    }
  }

  @Test func aRankAlone() {
    let report = makeHealth(ranksPerNode: 1, launcher: "none") {
      $0.hosts[0].sharedMemory = nil
      $0.isCUDAAware = nil
    }
    let lines = Diagnosis(report).text.components(separatedBy: "\n")
    for line in [
      "ok       launcher: none, 1 rank on 1 node (node1)",
      "ok       network: one rank sends no messages",
      "ok       CUDA: Open MPI 4.1.4 does not report whether it can send from a GPU's memory",
      "ok       shared memory: no /dev/shm, and none is needed",
    ] {
      #expect(lines.contains(line), "\(line)")
    }
  }

  @Test func aProblemIsTwoLinesAndOneWarning() {
    let report = makeHealth { $0.ranks[1].cores = [0] }
    let diagnosis = Diagnosis(report)
    #expect(diagnosis.problemCount == 1)
    #expect(
      diagnosis.text.contains(
        """
        warning  shared cores: node1: ranks 0-1 with 2 threads have only 1 core (0) between them
                 fix: mpirun -np 2 --bind-to core mnist-mpi doctor

        """))
    #expect(diagnosis.text.hasSuffix("\n1 finding"))
    #expect(
      diagnosis.warnings == [
        "warning: shared cores: node1: ranks 0-1 with 2 threads have only 1 core (0) between "
          + "them; fix: mpirun -np 2 --bind-to core mnist-mpi doctor"
      ])
  }

  @Test func aRefusedLaunch() {
    let diagnosis = Diagnosis(
      refused: "srun started 2 processes, each alone", fix: "srun --mpi=pmix -n 2 mnist-mpi doctor")
    #expect(
      diagnosis.text == """
        warning  launcher: srun started 2 processes, each alone
                 fix: srun --mpi=pmix -n 2 mnist-mpi doctor
        1 finding
        """)
  }

  @Test func jsonRoundTrip() throws {
    let diagnosis = Diagnosis(makeHealth(nodes: 2) { $0.ranks[1].cores = [0] })
    let text = try diagnosis.json()
    #expect(try JSONDecoder().decode(Diagnosis.self, from: Data(text.utf8)) == diagnosis)
    #expect(text.contains("\"problemCount\" : 1"))
  }

  /// The report of the short check at the start of a run: missing parts give no findings.
  @Test func missingPartsOfAReportAreNoProblem() {
    let report = makeHealth(nodes: 2) { report in
      for node in 0..<2 {
        report.hosts[node].load = nil
        report.hosts[node].network = HostReport.NetworkUse()
        report.hosts[node].software.sha256 = node == 0 ? "" : "ff"
      }
      report.transports = []
    }
    let diagnosis = Diagnosis(report)
    #expect(diagnosis.warnings.isEmpty)
    #expect(!diagnosis.findings.contains { $0.subject == .load || $0.subject == .network })
  }

  @Test func twoRanksOnOneGPU() {
    let report = makeHealth(ranksPerNode: 4) { report in
      for rank in 0..<4 { report.ranks[rank].device = "cuda Example GPU \(rank / 2)" }
    }
    #expect(
      problems(report) == [
        [
          "device: node1: ranks 0-1 compute on one GPU (cuda Example GPU 0)",
          "mpirun -np 2 mnist-mpi doctor",
        ],
        [
          "device: node1: ranks 2-3 compute on one GPU (cuda Example GPU 1)",
          "mpirun -np 2 mnist-mpi doctor",
        ],
      ])
    let apart = makeHealth(nodes: 2) { report in
      for rank in 0..<4 { report.ranks[rank].device = "cuda Example GPU \(rank % 2)" }
    }
    #expect(problems(apart).isEmpty)
  }
}
