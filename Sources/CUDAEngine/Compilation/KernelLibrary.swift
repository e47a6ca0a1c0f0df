internal import CUDADriver
import NeuralNetwork

/// The kernels that are compiled and loaded for a device, by name.
struct KernelLibrary {
  private let libraries: CUDALibraries
  private let compiler: KernelCompiler
  private var functions: [String: CUDAFunction] = [:]
  private var products: Set<ProductKernel> = []

  /// Compiles and loads the kernels that every model needs.
  ///
  /// - Throws: `CUDAError` with the compiler's messages; `DeviceUnavailable` where the compiler is
  ///   too old for the device.
  init(
    _ libraries: CUDALibraries, capability: CUDADevice.Capability, precision: Precision
  ) throws {
    self.libraries = libraries
    compiler = try KernelCompiler(libraries, capability: capability, precision: precision)
    try load(KernelText.elementary)
  }

  /// Compiles and loads those product kernels that are still missing.
  mutating func require(_ wanted: Set<ProductKernel>) throws {
    let missing = wanted.subtracting(products)
    try load(missing.sorted { $0.name < $1.name }.map(KernelText.program))
    products.formUnion(missing)
  }

  /// The kernel called `name`, which must have been compiled.
  subscript(name: String) -> CUDAFunction {
    guard let function = functions[name] else {
      preconditionFailure("kernel \(name) was not compiled")
    }
    return function
  }

  /// Compiles and loads the programs, then looks up their kernels.
  private mutating func load(_ programs: [KernelText.Program]) throws {
    for (program, code) in zip(programs, try compiler.compile(programs.map(\.text))) {
      // A module stays loaded until the context ends.
      var module: CUDAModule?
      try libraries.check(libraries.driver.cuModuleLoadData(&module, code), "cuModuleLoadData")
      for name in program.kernels {
        var function: CUDAFunction?
        try libraries.check(
          libraries.driver.cuModuleGetFunction(&function, module, name), "cuModuleGetFunction")
        functions[name] = function
      }
    }
  }
}
