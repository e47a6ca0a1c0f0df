/// Facts about one host before a run, reported by the first rank of its node.
public struct HostReport: Codable, Equatable, Sendable {
  /// Index of the node among those of the launch.
  public var node: Int
  /// The host's name.
  public var host: String
  /// The processor's name.
  public var cpu: String
  /// The cores that the system allows the ranks to use, regardless of their binding.
  public var permittedCores: [Int]
  /// The cores that the process which started the rank may use; nil if it is not visible.
  public var launcherCores: [Int]?
  /// The processor time that control groups grant, as a number of cores; nil without a limit.
  public var cpuQuota: Double?
  /// The file system /dev/shm; nil if there is none.
  public var sharedMemory: SharedMemory?
  public var software: Software
  /// When the system uses huge pages: `always`, `madvise` or `never`; nil if it has none.
  ///
  /// Only `doctor` collects it.
  public var hugePages: String?
  /// Networks, connections and latency; only `doctor` collects them.
  public var network = NetworkUse()
  /// Load by other programs; only `doctor` measures it.
  public var load: LoadReport?

  /// The facts that `doctor` and the check at the start of each run both collect.
  public init(
    node: Int, host: String, cpu: String, permittedCores: [Int], launcherCores: [Int]? = nil,
    cpuQuota: Double? = nil, sharedMemory: SharedMemory? = nil, software: Software
  ) {
    self.node = node
    self.host = host
    self.cpu = cpu
    self.permittedCores = permittedCores
    self.launcherCores = launcherCores
    self.cpuQuota = cpuQuota
    self.sharedMemory = sharedMemory
    self.software = software
  }

  /// The program on this host, and the libraries that it uses there.
  public struct Software: Codable, Equatable, Sendable {
    /// The path of the executable.
    public var path: String
    /// The SHA-256 of the executable; empty if it was not computed.
    public var sha256: String
    /// The revision of its source; empty if the build had none.
    public var revision: String
    public var mpi: String
    public var blas: String
    public var blasKernel: String

    /// All fields at once.
    public init(
      path: String, sha256: String, revision: String, mpi: String, blas: String, blasKernel: String
    ) {
      self.path = path
      self.sha256 = sha256
      self.revision = revision
      self.mpi = mpi
      self.blas = blas
      self.blasKernel = blasKernel
    }
  }

  /// The file system /dev/shm.
  public struct SharedMemory: Codable, Equatable, Sendable {
    public var bytes: Int
    public var freeBytes: Int

    /// Both at once.
    public init(bytes: Int, freeBytes: Int) {
      self.bytes = bytes
      self.freeBytes = freeBytes
    }
  }

  /// Facts about the network between this host and other hosts.
  public struct NetworkUse: Codable, Equatable, Sendable {
    public var networks: [Network] = []
    public var connections: [Connection] = []
    /// Half the median round-trip time of 1 KiB to rank 0's host; nil on that host itself.
    public var latencySeconds: Double?

    /// No facts.
    public init() {}
  }

  /// A network to which a host is connected.
  public struct Network: Codable, Equatable, Sendable {
    /// The interface, such as `eth0`.
    public var interface: String
    /// The host's address in this network.
    public var address: String
    /// The network, such as `10.0.0.0/24`.
    public var network: String

    /// All fields at once.
    public init(interface: String, address: String, network: String) {
      self.interface = interface
      self.address = address
      self.network = network
    }
  }

  /// A TCP connection of the first rank, as the addresses of both ends.
  public struct Connection: Codable, Hashable, Sendable {
    public var local: String
    public var remote: String

    /// Both at once.
    public init(local: String, remote: String) {
      self.local = local
      self.remote = remote
    }
  }
}
