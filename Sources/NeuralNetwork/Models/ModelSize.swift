/// The numbers of a model so far, held to limits while its layers are placed.
///
/// With these limits no count of parameters, activations or operations exceeds an `Int`.
struct ModelSize {
  /// The largest number of parameters: counts in calls of MPI and BLAS are 32-bit integers.
  static let mostParameters = Int(Int32.max)
  /// The largest number of outputs of a layer for one image, 1 GB.
  static let mostOutputs = 1 << 28

  private(set) var parameters = 0

  /// Adds a layer; returns what was expected if the model then exceeds a limit.
  mutating func add(_ layer: Layer, input: Shape, output: Shape) -> String? {
    let outputs = Self.product([output.height, output.width, output.channels])
    guard outputs <= Self.mostOutputs else {
      return "at most \(Self.mostOutputs) outputs for an image"
    }
    let weights: Int
    switch layer {
    case .convolution(let kernel, let outputs):
      weights = Self.product([kernel, kernel, input.channels, outputs])
    case .fullyConnected(let outputs):
      weights = Self.product([input.height, input.width, input.channels, outputs])
    case .relu, .maxPool: return nil
    }
    guard weights <= Self.mostParameters - output.channels - parameters else {
      return "at most \(Self.mostParameters) parameters"
    }
    parameters += weights + output.channels
    return nil
  }

  /// The product of sizes; the largest `Int` if it is larger.
  private static func product(_ sizes: [Int]) -> Int {
    sizes.reduce(1) { product, size in
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      return overflow ? .max : next
    }
  }
}
