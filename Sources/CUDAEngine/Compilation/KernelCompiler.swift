internal import CUDADriver
import Foundation
import NeuralNetwork
import Synchronization

/// Compiles kernels by NVRTC for the architecture of one device.
///
/// It makes machine code for the device's own architecture, because what a driver makes of PTX
/// depends on which of the two is newer, driver or compiler. Where the compiler does not support
/// the architecture yet, it makes PTX for the newest one that it supports, and the driver
/// translates that.
struct KernelCompiler: Sendable {
  private let libraries: CUDALibraries
  private let target: Target
  private let precision: Precision

  /// The architecture to compile for.
  private struct Target {
    /// Value of NVRTC's option `--gpu-architecture`.
    let option: String
    /// Whether the result is machine code (CUBIN); else it is PTX.
    let isCode: Bool
  }

  /// - Throws: `CUDAError`, `DeviceUnavailable` where the compiler is too old for the device.
  init(
    _ libraries: CUDALibraries, capability: CUDADevice.Capability, precision: Precision
  ) throws {
    self.libraries = libraries
    self.precision = precision
    target = try Self.target(for: capability, libraries)
  }

  /// Compiles the programs concurrently, on all available cores.
  ///
  /// - Returns: the code of each program, ended by a zero byte.
  /// - Throws: `CUDAError` with the compiler's first messages.
  func compile(_ texts: [String]) throws -> [[CChar]] {
    let codes = Mutex<[Result<[CChar], any Error>?]>(texts.map { _ in nil })
    DispatchQueue.concurrentPerform(iterations: texts.count) { index in
      let code = Result { try compile(texts[index]) }
      codes.withLock { $0[index] = code }
    }
    return try codes.withLock { try $0.map { try $0?.get() ?? [] } }
  }

  /// The device's own architecture, or the newest older one that the compiler supports.
  private static func target(
    for capability: CUDADevice.Capability, _ libraries: CUDALibraries
  ) throws -> Target {
    let compiler = libraries.compiler
    let wanted = Int32(10 * capability.major + capability.minor)
    var count: Int32 = 0
    try check(compiler.nvrtcGetNumSupportedArchs(&count), "nvrtcGetNumSupportedArchs", libraries)
    var supported = [Int32](repeating: 0, count: Int(count))
    try check(compiler.nvrtcGetSupportedArchs(&supported), "nvrtcGetSupportedArchs", libraries)
    if supported.contains(wanted) { return Target(option: "sm_\(wanted)", isCode: true) }
    guard let best = supported.filter({ $0 < wanted }).max() else {
      throw DeviceUnavailable(
        description: "NVRTC makes no code for compute capability \(capability); "
          + "it knows \(supported)")
    }
    return Target(option: "compute_\(best)", isCode: false)
  }

  /// Throws a `CUDAError` with NVRTC's text unless `result` is success.
  private static func check(
    _ result: NVRTCResult, _ call: StaticString, _ libraries: CUDALibraries
  ) throws {
    guard result != 0 else { return }
    let text = libraries.compiler.nvrtcGetErrorString(result).map { String(cString: $0) }
    throw CUDAError(call: "\(call)", text: text ?? "unknown error", code: result)
  }

  /// Compiles one program; the code ends with a zero byte.
  private func compile(_ text: String) throws -> [CChar] {
    let compiler = libraries.compiler
    var program: NVRTCProgram?
    try withCStrings(KernelText.headers.map { String(decoding: $0.text, as: UTF8.self) }) { texts in
      try withCStrings(KernelText.headers.map(\.name)) { names in
        try Self.check(
          compiler.nvrtcCreateProgram(
            &program, text, "kernels.cu", Int32(KernelText.headers.count), texts, names),
          "nvrtcCreateProgram", libraries)
      }
    }
    defer { _ = compiler.nvrtcDestroyProgram(&program) }
    let options = [
      "--gpu-architecture=\(target.option)", "--std=c++17", "-DPRECISION=\(precision.number)",
    ]
    let result = withCStrings(options) { list in
      compiler.nvrtcCompileProgram(program, Int32(options.count), list)
    }
    guard result == 0 else { throw try failure(of: program, result) }
    var size = 0
    if target.isCode {
      try Self.check(compiler.nvrtcGetCUBINSize(program, &size), "nvrtcGetCUBINSize", libraries)
    } else {
      try Self.check(compiler.nvrtcGetPTXSize(program, &size), "nvrtcGetPTXSize", libraries)
    }
    var code = [CChar](repeating: 0, count: size + 1)
    if target.isCode {
      try Self.check(compiler.nvrtcGetCUBIN(program, &code), "nvrtcGetCUBIN", libraries)
    } else {
      try Self.check(compiler.nvrtcGetPTX(program, &code), "nvrtcGetPTX", libraries)
    }
    return code
  }

  /// The error of a failed compilation, with the compiler's first three messages in one line.
  private func failure(of program: NVRTCProgram?, _ result: NVRTCResult) throws -> CUDAError {
    let compiler = libraries.compiler
    var size = 0
    try Self.check(
      compiler.nvrtcGetProgramLogSize(program, &size), "nvrtcGetProgramLogSize", libraries)
    var log = [CChar](repeating: 0, count: size + 1)
    try Self.check(compiler.nvrtcGetProgramLog(program, &log), "nvrtcGetProgramLog", libraries)
    let name = compiler.nvrtcGetErrorString(result).map { String(cString: $0) } ?? "unknown error"
    let lines = String(
      decoding: log.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self
    )
    .split(separator: "\n").prefix(3).joined(separator: " | ")
    return CUDAError(call: "nvrtcCompileProgram", text: "\(name): \(lines)", code: result)
  }
}

extension Precision {
  /// The value of the macro `PRECISION` in the kernels' source.
  fileprivate var number: Int {
    switch self {
    case .float32: 0
    case .tf32: 1
    case .bfloat16: 2
    }
  }
}

/// Calls `body` with the strings as an array of C strings.
private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>) throws -> Result
) rethrows -> Result {
  let copies = strings.map { Array($0.utf8CString) }
  let flat = copies.flatMap { $0 }
  return try flat.withUnsafeBufferPointer { letters in
    var next = letters.baseAddress
    var pointers: [UnsafePointer<CChar>?] = copies.map { copy in
      defer { next = next.map { $0 + copy.count } }
      return next
    }
    return try pointers.withUnsafeMutableBufferPointer { list in
      guard let base = list.baseAddress else { preconditionFailure("an array without elements") }
      return try body(base)
    }
  }
}
