import HostInspection
import Testing

/// Remedies in the words of Hydra, the launcher of MPICH and its relatives.
@Suite struct DiagnosisHydraTests {
  /// A launch with findings about cores, network and versions, as `change` makes them.
  private static func remedies(
    nodes: Int, ranksPerNode: Int = 2, launcher: String = "mpirun",
    _ change: (inout HealthReport) -> Void
  ) -> [String] {
    let report = makeHealth(nodes: nodes, ranksPerNode: ranksPerNode, launcher: launcher) {
      $0.launch.family = .mpich
      $0.launch.command = "mpirun.mpich"
      change(&$0)
    }
    return problems(report).map { $0[1] }
  }

  private static func crowd(_ report: inout HealthReport) {
    for rank in report.ranks.indices {
      report.ranks[rank].threads = 2
      report.ranks[rank].cores = [0, 1]
    }
    for node in report.hosts.indices {
      report.hosts[node].permittedCores = [0, 1, 2, 3]
      report.hosts[node].launcherCores = [0, 1, 2, 3]
    }
  }

  @Test func binding() {
    #expect(
      Self.remedies(nodes: 1, Self.crowd) == [
        "mpirun.mpich -np 2 --bind-to core:2 mnist-mpi doctor"
      ])
    #expect(
      Self.remedies(nodes: 1, launcher: "srun", Self.crowd) == [
        "srun --mpi=pmi2 -n 2 --cpus-per-task=2 --cpu-bind=cores mnist-mpi doctor"
      ])
  }

  @Test func ranksOnSeveralNodes() {
    let remedies = Self.remedies(nodes: 3, ranksPerNode: 4) { report in
      for node in 0..<3 { report.hosts[node].permittedCores = [0, 1] }
      for rank in 0..<12 { report.ranks[rank].cores = [0, 1] }
    }
    #expect(
      remedies == ["mpirun.mpich --hostfile hostfile -np 6 -ppn 2 mnist-mpi doctor"])
  }

  @Test func networkAndVersions() {
    let change = { (report: inout HealthReport) in
      report.hosts[1].network.latencySeconds = 5.2e-3
      for node in 0..<2 {
        report.hosts[node].network.networks.append(
          HostReport.Network(
            interface: "ib0", address: "10.9.0.\(node + 1)", network: "10.9.0.0/16"))
      }
      report.hosts[1].cpu = "Newer CPU"
      report.hosts[1].software.blasKernel = "SkylakeX"
    }
    #expect(
      Self.remedies(nodes: 2, change) == [
        "mpirun.mpich --hostfile hostfile -np 4 -iface ib0 -genv UCX_NET_DEVICES ib0 mnist-mpi doctor",
        "mpirun.mpich --hostfile hostfile -np 4 -genv OPENBLAS_CORETYPE Haswell mnist-mpi doctor",
        "mpirun.mpich -np 2 -hosts node1:2 mnist-mpi doctor",
      ])
    #expect(
      Self.remedies(nodes: 2, launcher: "srun", change).first
        == "UCX_NET_DEVICES=ib0 srun --mpi=pmi2 -n 4 mnist-mpi doctor")
  }

  /// The parameters of the remedy are Open MPI's.
  @Test func keepaliveIsOpenMPIs() {
    #expect(
      Self.remedies(nodes: 2) { $0.launch.missingKeepalive = ["oob_tcp_keepalive_time"] }.isEmpty)
  }
}
