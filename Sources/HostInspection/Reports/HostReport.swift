/// What the first rank of a node says of its host before a run.
public struct HostReport: Codable, Equatable, Sendable {
  /// Index of the node among those of the launch.
  public var node: Int
  public var host: String
  /// The processor's name.
  public var cpu: String
  /// The cores that the system lets the ranks use, whatever they are bound to.
  public var permittedCores: [Int]
  /// The cores that the process which started the rank may use; nil where it cannot be seen.
  public var launcherCores: [Int]?
  /// Cores' worth of time that a control group grants; nil without a limit.
  public var cpuQuota: Double?
  /// nil where there is no /dev/shm.
  public var sharedMemory: SharedMemory?
  public var software: Software
  /// What only the long form looks at.
  public var network = NetworkUse()
  /// Load by others, of the long form alone.
  public var load: LoadReport?

  /// What both forms know.
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

  /// The program on this host, and the libraries that it met there.
  public struct Software: Codable, Equatable, Sendable {
    /// Where the executable lies.
    public var path: String
    /// Its SHA-256; empty where it was not worked out.
    public var sha256: String
    /// The revision of its source, empty if the build did not know it.
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

  /// What is known of the ways to other hosts.
  public struct NetworkUse: Codable, Equatable, Sendable {
    public var networks: [Network] = []
    public var connections: [Connection] = []
    /// Half the median round trip of 1 KiB to and from rank 0's host; nil on that host itself.
    public var latencySeconds: Double?

    /// Nothing known.
    public init() {}
  }

  /// A network that a host belongs to.
  public struct Network: Codable, Equatable, Sendable {
    /// Such as `eth0`.
    public var interface: String
    /// The host's address there.
    public var address: String
    /// Such as `10.0.0.0/24`.
    public var network: String

    /// All fields at once.
    public init(interface: String, address: String, network: String) {
      self.interface = interface
      self.address = address
      self.network = network
    }
  }

  /// A TCP connection of the first rank, by the addresses of both ends.
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
