internal import CUDADriver
public import NeuralNetwork

/// A GPU that is ready to compute: its context and the kernels compiled for it.
///
/// It must not be shared between threads: one training loop owns it.
public final class CUDADevice {
  /// The device's number among those that this process sees.
  public let ordinal: Int
  /// Such as `NVIDIA H200`.
  public let name: String
  public let memoryBytes: UInt64
  /// Compute capability, such as 9.0.
  public let capability: Capability
  /// Identifies the device, also between processes: 32 hexadecimal digits.
  public let uuid: String
  /// How many devices this process sees.
  public let visibleDevices: Int
  /// Number of multiprocessors.
  public let processors: Int
  /// Precision to which the factors of products are rounded.
  public let precision: Precision
  /// Seconds from the search for libraries to a device that is ready to compute.
  public let startSeconds: Double
  let libraries: CUDALibraries
  private(set) var kernels: KernelLibrary
  private let handle: CUDADeviceNumber
  private let context: CUDAContext

  /// Compute capability: the version of a device's features.
  public struct Capability: Comparable, Sendable, CustomStringConvertible {
    public let major: Int
    public let minor: Int

    public var description: String { "\(major).\(minor)" }

    public static func < (a: Capability, b: Capability) -> Bool {
      (a.major, a.minor) < (b.major, b.minor)
    }
  }

  /// The lowest capability that the kernels are written for.
  private static let oldest = Capability(major: 7, minor: 5)
  /// The lowest capability with tensor cores for tf32 and bfloat16.
  private static let oldestTensor = Capability(major: 8, minor: 0)

  /// Opens device number `place` modulo the number of visible devices.
  ///
  /// - Parameters:
  ///   - place: the rank's number within its node, from 0.
  ///   - precision: tf32 and bfloat16 need compute capability 8.0.
  ///   - environment: environment variables, which may name the libraries' directory; see
  ///     `LibraryPlaces`.
  /// - Throws: `DeviceUnavailable` or `CUDAError` with the reason why this process has no usable
  ///   GPU.
  public init(
    place: Int, precision: Precision = .float32, environment: [String: String]
  ) throws {
    let start = ContinuousClock.now
    libraries = try CUDALibraries(environment: environment)
    let (driver, check) = (libraries.driver, libraries.check)
    var count: Int32 = 0
    try check(driver.cuDeviceGetCount(&count), "cuDeviceGetCount")
    guard count > 0 else { throw DeviceUnavailable(description: "the driver shows no GPU") }
    visibleDevices = Int(count)
    ordinal = place % visibleDevices
    var handle: CUDADeviceNumber = 0
    try check(driver.cuDeviceGet(&handle, Int32(ordinal)), "cuDeviceGet")
    self.handle = handle
    var letters = [CChar](repeating: 0, count: 256)
    try check(driver.cuDeviceGetName(&letters, 255, handle), "cuDeviceGetName")
    name = String(decoding: letters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var bytes = 0
    try check(driver.cuDeviceTotalMem_v2(&bytes, handle), "cuDeviceTotalMem")
    memoryBytes = UInt64(bytes)
    var identity = CUDAUUID()
    try check(driver.cuDeviceGetUuid_v2(&identity, handle), "cuDeviceGetUuid")
    uuid = withUnsafeBytes(of: identity) { $0.map(Self.hexadecimal).joined() }
    func attribute(_ attribute: Int) throws -> Int {
      var value: Int32 = 0
      try check(
        driver.cuDeviceGetAttribute(&value, CUDAAttribute(attribute), handle),
        "cuDeviceGetAttribute")
      return Int(value)
    }
    processors = try attribute(cudaAttributeProcessors)
    capability = Capability(
      major: try attribute(cudaAttributeCapabilityMajor),
      minor: try attribute(cudaAttributeCapabilityMinor))
    self.precision = precision
    let needed = precision == .float32 ? Self.oldest : Self.oldestTensor
    guard capability >= needed else {
      throw DeviceUnavailable(
        description: "\(name) has compute capability \(capability); "
          + "\(precision.rawValue) needs \(needed) or newer")
    }
    var context: CUDAContext?
    try check(driver.cuDevicePrimaryCtxRetain(&context, handle), "cuDevicePrimaryCtxRetain")
    guard let context else { throw DeviceUnavailable(description: "\(name) gives no context") }
    self.context = context
    try check(driver.cuCtxSetCurrent(context), "cuCtxSetCurrent")
    kernels = try KernelLibrary(libraries, capability: capability, precision: precision)
    startSeconds = (ContinuousClock.now - start) / .seconds(1)
  }

  deinit { _ = libraries.driver.cuDevicePrimaryCtxRelease_v2(handle) }

  private static func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  /// Name and memory, such as `NVIDIA H200, 139 GiB`.
  public var text: String { "\(name), \(memoryBytes >> 30) GiB" }

  /// The newest CUDA version that the driver supports, and the compiler's version.
  public var versions: String {
    var (major, minor): (Int32, Int32) = (0, 0)
    _ = libraries.compiler.nvrtcVersion(&major, &minor)
    let driver = libraries.driverVersion
    return "driver for CUDA \(driver / 1000).\(driver % 1000 / 10), NVRTC \(major).\(minor)"
  }

  /// cuBLAS, or the reason why it is not available; opened at first use.
  private(set) lazy var blas = Result { try libraries.openBLAS() }

  /// Whether cuBLAS is available.
  public var hasCUBLAS: Bool { (try? blas.get()) != nil }

  var driver: CUDACalls { libraries.driver }

  func check(_ result: CUDAResult, _ call: StaticString) throws {
    try libraries.check(result, call)
  }

  /// Makes the context current for the calling thread.
  ///
  /// Every entry point that uses the device calls this first: the driver keeps one current context
  /// for each thread.
  func makeCurrent() throws { try check(driver.cuCtxSetCurrent(context), "cuCtxSetCurrent") }

  /// Compiles the kernels of those products that are not compiled yet.
  func require(_ products: Set<ProductKernel>) throws { try kernels.require(products) }
}
