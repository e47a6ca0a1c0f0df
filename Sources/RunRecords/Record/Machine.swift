/// The hardware and software that a run used.
public struct Machine: Codable, Equatable, Sendable {
  public var cpu: String
  public var cores: Int
  public var hosts: [String]
  public var operatingSystem: String
  public var memoryBytes: UInt64
  public var mpi: String
  public var blas: String
  public var blasKernel: String
  public var binding: BindingClass
  /// The revision of the program's source, empty if it was unknown to the build.
  public var revision: String
  public var executableSHA256: String
  /// Bytes of the first core's L2 and L3 caches; absent if the system does not report them.
  public var l2CacheBytes: Int?
  public var l3CacheBytes: Int?
  /// Versions of the GPU's driver and of the compiler of its kernels; absent on CPUs.
  public var cuda: String?

  /// All fields at once.
  public init(
    cpu: String, cores: Int, hosts: [String], operatingSystem: String, memoryBytes: UInt64,
    mpi: String, blas: String, blasKernel: String, binding: BindingClass, revision: String,
    executableSHA256: String, l2CacheBytes: Int? = nil, l3CacheBytes: Int? = nil,
    cuda: String? = nil
  ) {
    self.cpu = cpu
    self.cores = cores
    self.hosts = hosts
    self.operatingSystem = operatingSystem
    self.memoryBytes = memoryBytes
    self.mpi = mpi
    self.blas = blas
    self.blasKernel = blasKernel
    self.binding = binding
    self.revision = revision
    self.executableSHA256 = executableSHA256
    self.l2CacheBytes = l2CacheBytes
    self.l3CacheBytes = l3CacheBytes
    self.cuda = cuda
  }
}
