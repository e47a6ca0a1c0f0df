import HostInspection

/// The report of a launch without problems: one rank a core on every node, one thread each.
///
/// - Parameter change: modifies the report for a test.
func makeHealth(
  nodes: Int = 1, ranksPerNode: Int = 2, launcher: String = "mpirun",
  _ change: (inout HealthReport) -> Void = { _ in }
) -> HealthReport {
  let cores = Array(0..<ranksPerNode)
  var report = HealthReport(
    launch: LaunchReport(
      launcher: launcher, family: .openMPI, command: "mpirun", words: ["mnist-mpi", "doctor"],
      isAllocation: false,
      ranks: nodes * ranksPerNode, nodes: nodes),
    ranks: (0..<nodes * ranksPerNode).map {
      RankReport(
        rank: $0, node: $0 / ranksPerNode, cores: [$0 % ranksPerNode], threads: 1, device: "cpu")
    },
    hosts: (0..<nodes).map { node in
      var host = HostReport(
        node: node, host: "node\(node + 1)", cpu: "Example CPU", permittedCores: cores,
        launcherCores: cores,
        sharedMemory: HostReport.SharedMemory(bytes: 1 << 30, freeBytes: 1 << 29),
        software: HostReport.Software(
          path: "/usr/bin/mnist-mpi", sha256: "0a1b2c3d4e5f6789", revision: "",
          mpi: "Open MPI 4.1.4", blas: "OpenBLAS 0.3.21", blasKernel: "Haswell"))
      host.load = LoadReport(seconds: 0.5, cores: cores, othersShare: 0.012, stolenShare: 0)
      host.network.networks = [
        HostReport.Network(
          interface: "eth0", address: "10.0.0.\(node + 1)", network: "10.0.0.0/24")
      ]
      if node > 0 {
        host.network.connections = [
          HostReport.Connection(local: "10.0.0.\(node + 1)", remote: "10.0.0.1")
        ]
        host.network.latencySeconds = 31e-6
      }
      return host
    },
    transports: ["btl/self", "btl/tcp", "btl/vader", "pml/ob1"], isCUDAAware: false)
  change(&report)
  return report
}

/// The problems of a report, each as `subject: text` and its remedy.
func problems(_ report: HealthReport) -> [[String]] {
  Diagnosis(report).findings.compactMap { finding in
    finding.remedy.map { ["\(finding.subject.rawValue): \(finding.text)", $0] }
  }
}
