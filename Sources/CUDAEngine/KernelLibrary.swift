internal import CUDADriver
import NeuralNetwork

/// Kernels, compiled for a device by NVRTC and loaded.
///
/// Code is made for the device's own architecture: what the driver would make of PTX depends on which is
/// newer, driver or compiler. Where the compiler does not know the architecture yet, PTX for the newest that
/// it knows is left to the driver.
struct KernelLibrary {
  private let libraries: CUDALibraries
  private let target: Target
  private let precision: Precision
  private var functions: [String: CUDAFunction] = [:]
  private var products: Set<ProductKernel> = []

  /// What code is made for.
  private struct Target {
    let option: String
    let isCode: Bool
  }

  /// Compiles the kernels that every model needs.
  ///
  /// - Throws: `CUDAError`, `DeviceUnavailable` with the compiler's messages.
  init(
    _ libraries: CUDALibraries, capability: CUDADevice.Capability, precision: Precision
  ) throws {
    self.libraries = libraries
    self.precision = precision
    target = try Self.target(for: capability, libraries)
    try load(KernelText.elementary, names: Self.elementaryNames)
  }

  private static let elementaryNames = [
    "gather", "relu_outputs", "relu_inputs", "pool_outputs", "pool_inputs", "pass_on",
    "add_bias", "column_sums", "softmax_loss", "head", "adam_update", "adam_step", "sgd_update",
    "sgd_step",
    "nothing",
  ]

  /// Compiles those of the products that are not there yet.
  mutating func require(_ wanted: Set<ProductKernel>) throws {
    let missing = wanted.subtracting(products)
    guard !missing.isEmpty else { return }
    try load(KernelText.program(of: missing), names: missing.map(\.name))
    products.formUnion(missing)
  }

  /// The kernel called `name`, which must have been compiled.
  subscript(name: String) -> CUDAFunction {
    guard let function = functions[name] else {
      preconditionFailure("kernel \(name) was not compiled")
    }
    return function
  }

  private mutating func load(_ text: String, names: [String]) throws {
    // A module stays loaded until the context ends.
    let code = try compile(text)
    var module: CUDAModule?
    try libraries.check(libraries.driver.cuModuleLoadData(&module, code), "cuModuleLoadData")
    for name in names {
      var function: CUDAFunction?
      try libraries.check(
        libraries.driver.cuModuleGetFunction(&function, module, name), "cuModuleGetFunction")
      functions[name] = function
    }
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
}

extension KernelLibrary {
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
