/// The options of a family's mpirun: the only place in which they differ.
///
/// `-np N`, `--hostfile FILE` and `--bind-to none` are the same in both families.
public struct LauncherOptions: Sendable {
  private let family: MPIFamily

  /// The options of one family's launcher.
  public init(_ family: MPIFamily) { self.family = family }

  /// Lets every rank use all cores.
  public var unbound: [String] { ["--bind-to", "none"] }

  /// Binds every rank to as many cores of its own as it has threads.
  public func bound(threads: Int) -> [String] {
    guard threads > 1 else { return ["--bind-to", "core"] }
    return switch family {
    case .openMPI: ["--map-by", "slot:PE=\(threads)", "--bind-to", "core"]
    case .mpich: ["--bind-to", "core:\(threads)"]
    }
  }

  /// Permits more ranks than cores; Hydra always does.
  public var oversubscribed: [String] {
    switch family {
    case .openMPI: ["--oversubscribe"]
    case .mpich: []
    }
  }

  /// Starts this number of ranks on every host.
  public func perNode(_ ranks: Int) -> [String] {
    switch family {
    case .openMPI: ["--map-by", "ppr:\(ranks):node"]
    case .mpich: ["-ppn", "\(ranks)"]
    }
  }

  /// Starts so many ranks on each of these hosts.
  public func hosts(_ hosts: [(name: String, ranks: Int)]) -> [String] {
    let list = hosts.map { "\($0.name):\($0.ranks)" }.joined(separator: ",")
    return switch family {
    case .openMPI: ["--host", list]
    case .mpich: ["-hosts", list]
    }
  }

  /// Sets an environment variable for all ranks.
  public func variable(_ name: String, to value: String) -> [String] {
    switch family {
    case .openMPI: ["-x", "\(name)=\(value)"]
    case .mpich: ["-genv", name, value]
    }
  }

  /// Sends messages between hosts through a network.
  ///
  /// Open MPI takes the network, such as `10.9.0.0/16`. Hydra takes the name of the interface, and
  /// so does UCX, through which MPICH sends; other transports ignore its variable.
  public func network(_ network: String, interface: String) -> [String] {
    switch family {
    case .openMPI: ["--mca", "btl_tcp_if_include", network]
    case .mpich: ["-iface", interface, "-genv", "UCX_NET_DEVICES", interface]
    }
  }

  /// The assignment of a variable that has this effect under srun.
  public func networkVariable(_ network: String, interface: String) -> String {
    switch family {
    case .openMPI: "OMPI_MCA_btl_tcp_if_include=\(network)"
    case .mpich: "UCX_NET_DEVICES=\(interface)"
    }
  }

  /// The variables without which a launcher refuses to run as root.
  public var rootPermission: [String: String] {
    switch family {
    case .openMPI: ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"]
    case .mpich: [:]
    }
  }

  /// srun's option for the interface through which the ranks of a step find each other.
  public var srunInterface: String {
    switch family {
    case .openMPI: "--mpi=pmix"
    case .mpich: "--mpi=pmi2"
    }
  }
}
