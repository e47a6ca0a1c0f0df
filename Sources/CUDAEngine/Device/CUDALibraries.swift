internal import CUDADriver

/// NVIDIA's libraries, found and opened at run time.
struct CUDALibraries: Sendable {
  /// The driver.
  var driver = CUDACalls()
  /// The compiler of kernels.
  var compiler = NVRTCCalls()
  /// The newest CUDA that the driver knows, such as 13000.
  private(set) var driverVersion: Int32 = 0
  let places: LibraryPlaces

  /// Opens the driver, starts it, and opens a compiler that fits it.
  ///
  /// - Throws: `DeviceUnavailable`, or `CUDAError` where the driver cannot start.
  init(environment: [String: String]) throws {
    places = LibraryPlaces(environment: environment)
    try places.find(["libcuda.so.1"]) { cuda_load(&driver, $0, $1, $2) != 0 }
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

  /// Opens cuBLAS, which takes a good part of a second.
  ///
  /// - Throws: `DeviceUnavailable`.
  func openBLAS() throws -> CUBLASCalls {
    var calls = CUBLASCalls()
    try places.find(names("libcublas.so")) { cublas_load(&calls, $0, $1, $2) != 0 }
    return calls
  }

  /// A library's names, that of the driver's own major version first: code that the compiler of another one
  /// makes may be refused.
  private func names(_ name: String) -> [String] {
    let versions: [Int32] = [13, 12]
    let own = driverVersion / 1000
    return (versions.filter { $0 == own } + versions.filter { $0 != own }).map { "\(name).\($0)" }
  }

  /// Throws unless `result` is success.
  func check(_ result: CUDAResult, _ call: StaticString) throws {
    guard result != 0 else { return }
    var (name, text): (UnsafePointer<CChar>?, UnsafePointer<CChar>?)
    _ = driver.cuGetErrorName(result, &name)
    _ = driver.cuGetErrorString(result, &text)
    let words = [name, text].compactMap { $0.map { String(cString: $0) } }.joined(separator: ", ")
    throw CUDAError(call: "\(call)", text: words.isEmpty ? "unknown error" : words, code: result)
  }
}
