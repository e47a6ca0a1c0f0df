import MPILaunchers
import Testing

/// The options of both families, word for word.
@Suite struct LauncherOptionsTests {
  private let openMPI = LauncherOptions(.openMPI)
  private let mpich = LauncherOptions(.mpich)

  private func words(_ option: (LauncherOptions) -> [String]) -> [String] {
    [openMPI, mpich].map { option($0).joined(separator: " ") }
  }

  @Test func binding() {
    #expect(words { $0.unbound } == ["--bind-to none", "--bind-to none"])
    #expect(words { $0.bound(threads: 1) } == ["--bind-to core", "--bind-to core"])
    #expect(
      words { $0.bound(threads: 3) } == ["--map-by slot:PE=3 --bind-to core", "--bind-to core:3"])
    #expect(words { $0.oversubscribed } == ["--oversubscribe", ""])
  }

  @Test func hosts() {
    #expect(words { $0.perNode(2) } == ["--map-by ppr:2:node", "-ppn 2"])
    #expect(words { $0.hosts([("a", 2), ("b", 1)]) } == ["--host a:2,b:1", "-hosts a:2,b:1"])
    #expect(words { $0.variable("A", to: "b") } == ["-x A=b", "-genv A b"])
    #expect(
      words { $0.network("10.9.0.0/16", interface: "ib0") } == [
        "--mca btl_tcp_if_include 10.9.0.0/16", "-iface ib0 -genv UCX_NET_DEVICES ib0",
      ])
  }

  @Test func root() {
    #expect(openMPI.rootPermission.keys.count == 2 && mpich.rootPermission.isEmpty)
    #expect(openMPI.srunInterface == "--mpi=pmix" && mpich.srunInterface == "--mpi=pmi2")
  }
}
