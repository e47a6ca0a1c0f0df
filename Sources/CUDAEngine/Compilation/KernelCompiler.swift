internal import CUDADriver
import Foundation
import NeuralNetwork
import Synchronization

/// NVRTC, as it is asked to compile for a device.
///
/// Code is made for the device's own architecture: what the driver would make of PTX depends on which is
/// newer, driver or compiler. Where the compiler does not know the architecture yet, PTX for the newest that
/// it knows is left to the driver.
struct KernelCompiler: Sendable {
  private let libraries: CUDALibraries
  private let target: Target
  private let precision: Precision

  /// What code is made for.
  private struct Target {
    let option: String
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

  /// The programs' codes, each ended by a zero byte; compiled at the same time, on as many cores as there are.
  func compile(_ texts: [String]) throws -> [[CChar]] {
    let codes = Mutex<[Result<[CChar], any Error>?]>(texts.map { _ in nil })
    DispatchQueue.concurrentPerform(iterations: texts.count) { place in
      let code = Result { try compile(texts[place]) }
      codes.withLock { $0[place] = code }
    }
    return try codes.withLock { try $0.map { try $0?.get() ?? [] } }
  }

  private static func target(
    for capability: CUDADevice.Capability, _ libraries: CUDALibraries
  ) throws -> Target {
    let compiler = libraries.compiler
    let own = Int32(10 * capability.major + capability.minor)
    var count: Int32 = 0
    try check(compiler.nvrtcGetNumSupportedArchs(&count), "nvrtcGetNumSupportedArchs", libraries)
    var known = [Int32](repeating: 0, count: Int(count))
    try check(compiler.nvrtcGetSupportedArchs(&known), "nvrtcGetSupportedArchs", libraries)
    if known.contains(own) { return Target(option: "sm_\(own)", isCode: true) }
    guard let best = known.filter({ $0 < own }).max() else {
      throw DeviceUnavailable(
        description: "NVRTC makes no code for compute capability \(capability); it knows \(known)")
    }
    return Target(option: "compute_\(best)", isCode: false)
  }

  private static func check(
    _ result: NVRTCResult, _ call: StaticString, _ libraries: CUDALibraries
  ) throws {
    guard result != 0 else { return }
    let text = libraries.compiler.nvrtcGetErrorString(result).map { String(cString: $0) }
    throw CUDAError(call: "\(call)", text: text ?? "unknown error", code: result)
  }

  /// The program's code, ended by a zero byte.
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

  /// The compiler's first messages, in one line.
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
  /// What the kernels' text calls it.
  fileprivate var number: Int {
    switch self {
    case .float32: 0
    case .tf32: 1
    case .bfloat16: 2
    }
  }
}

/// Calls `body` with strings as a C array.
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
