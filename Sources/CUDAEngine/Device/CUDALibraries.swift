internal import CUDADriver

/// NVIDIA's libraries, found and opened at run time.
struct CUDALibraries: Sendable {
  /// File name of the driver's library.
  static let driverName = "libcuda.so.1"

  /// The driver's functions.
  var driver = CUDACalls()
  /// The functions of NVRTC, the compiler of kernels.
  var compiler = NVRTCCalls()
  /// The newest CUDA version that the driver supports, such as 13000.
  private(set) var driverVersion: Int32 = 0
  let places: LibraryPlaces

  /// Opens and initialises the driver, then opens a compiler of a matching version.
  ///
  /// - Throws: `DeviceUnavailable`, or `CUDAError` where the driver fails to initialise.
  init(environment: [String: String]) throws {
    places = LibraryPlaces(environment: environment)
    try places.find([Self.driverName]) { cuda_load(&driver, $0, $1, $2) != 0 }
    try check(driver.cuInit(0), "cuInit")
    try check(driver.cuDriverGetVersion(&driverVersion), "cuDriverGetVersion")
    do {
      try places.find(names("libnvrtc.so")) { nvrtc_load(&compiler, $0, $1, $2) != 0 }
    } catch {
      throw DeviceUnavailable(
        description:
          "no NVRTC, the compiler of kernels: \(error) (\(LibraryPlaces.variable) can name "
          + "its directory)")
    }
  }

  /// Opens cuBLAS, which takes a large part of a second.
  ///
  /// - Throws: `DeviceUnavailable`.
  func openBLAS() throws -> CUBLASCalls {
    var calls = CUBLASCalls()
    try places.find(names("libcublas.so")) { cublas_load(&calls, $0, $1, $2) != 0 }
    return calls
  }

  /// File names of a library, the one with the driver's own major version first.
  ///
  /// A driver may refuse code from a compiler of another major version.
  private func names(_ name: String) -> [String] {
    let versions: [Int32] = [13, 12]
    let own = driverVersion / 1000
    return (versions.filter { $0 == own } + versions.filter { $0 != own }).map { "\(name).\($0)" }
  }

  /// Throws a `CUDAError` with the driver's text unless `result` is success.
  func check(_ result: CUDAResult, _ call: StaticString) throws {
    guard result != 0 else { return }
    var (name, text): (UnsafePointer<CChar>?, UnsafePointer<CChar>?)
    _ = driver.cuGetErrorName(result, &name)
    _ = driver.cuGetErrorString(result, &text)
    let words = [name, text].compactMap { $0.map { String(cString: $0) } }.joined(separator: ", ")
    throw CUDAError(call: "\(call)", text: words.isEmpty ? "unknown error" : words, code: result)
  }
}
