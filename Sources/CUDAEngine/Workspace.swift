import NeuralNetwork

/// Images and labels in device memory, with the constants of their normalisation.
struct DeviceSamples {
  let images: DeviceMemory<UInt8>
  let labels: DeviceMemory<UInt8>
  let count: Int
  let normalisation: NormalisationConstants
  /// The images on the host.
  private let source: UnsafeBufferPointer<UInt8>

  /// Copies the samples to the device and returns when the copy is done.
  init(_ samples: Samples, on stream: Stream) throws {
    images = try DeviceMemory(stream.device, count: samples.images.count)
    labels = try DeviceMemory(stream.device, count: samples.count)
    count = samples.count
    source = samples.images
    normalisation = NormalisationConstants(of: samples)
    try stream.copy(samples.labels, to: labels.address)
    try copyImages(on: stream)
  }

  /// Copies the images from the host again, and returns when the copy is done.
  func copyImages(on stream: Stream) throws {
    try stream.copy(source, to: images.address)
    try stream.synchronize()
  }
}

/// Memory for the partial sums of products that run one after the other.
struct PartialSums {
  let sums: DeviceMemory<Float>
  /// For each group of parts the number that are done; zero between products.
  let counters: DeviceMemory<Int32>

  /// Allocates the memory for the largest tile.
  ///
  /// - Parameter blocks: the most blocks of a product with a reduction in several parts.
  init(blocks: Int, on stream: Stream) throws {
    let largest = Tile.allCases.map { $0.rows * $0.columns }.max() ?? 0
    sums = try DeviceMemory(stream.device, count: blocks * largest)
    counters = try DeviceMemory(stream.device, count: blocks)
    try counters.clear(on: stream)
  }
}

/// The device memory in which the stages of a pass exchange their results.
final class Workspace {
  /// The most samples in a pass.
  let capacity: Int
  /// The inputs of each stage, then the outputs of the last stage.
  private(set) var activations: [DeviceMemory<Float>]
  /// Memory for the inputs of the next step; nil for a workspace without a backward pass.
  private(set) var nextInputs: DeviceMemory<Float>?
  /// For each stage with a pooling the place in its window that each output came from; else nil.
  let choices: [DeviceMemory<UInt8>?]
  /// For each stage the gradient of its layer's outputs; empty without a backward pass.
  let gradients: [DeviceMemory<Float>]
  /// The loss of each sample.
  let losses: DeviceMemory<Float>
  /// For each sample 1 where the prediction is correct, else 0.
  let correct: DeviceMemory<Int32>
  /// Number of blocks that have written their losses; zero between passes.
  let counter: DeviceMemory<Int32>

  /// - Throws: `CUDAError` where the device has too little memory.
  init(_ plan: Plan, capacity: Int, isForTraining: Bool, on stream: Stream) throws {
    let device = stream.device
    self.capacity = capacity
    let sizes = plan.stages.map(\.input.count) + [plan.stages.last?.output.count ?? 0]
    activations = try sizes.map { try DeviceMemory(device, count: capacity * $0) }
    nextInputs = isForTraining ? try DeviceMemory(device, count: capacity * sizes[0]) : nil
    choices = try plan.stages.map {
      $0.hasChoices ? try DeviceMemory(device, count: capacity * $0.output.count) : nil
    }
    gradients =
      isForTraining
      ? try plan.stages.map { try DeviceMemory(device, count: capacity * $0.gradientCount) } : []
    losses = try DeviceMemory(device, count: capacity)
    correct = try DeviceMemory(device, count: capacity)
    counter = try DeviceMemory(device, count: 1)
    // Pixels at the edge may be in no window of a pooling. No kernel writes their gradients, which
    // must be zero.
    for gradient in gradients { try gradient.clear(on: stream) }
    try counter.clear(on: stream)
  }

  /// Swaps the inputs of this step with those of the next step.
  func turnInputs() {
    guard let next = nextInputs else { return }
    (activations[0], nextInputs) = (next, activations[0])
  }
}

/// The flat buffers of a replica in device memory.
struct DeviceReplica {
  let parameters: DeviceMemory<Float>
  let gradients: DeviceMemory<Float>
  /// The optimizer's state: for each number that it keeps per parameter, a buffer for `stateRange`.
  let state: DeviceMemory<Float>
  let stateRange: Range<Int>

  init(_ buffers: ModelBuffers, gradients: DeviceMemory<Float>, on stream: Stream) throws {
    parameters = try DeviceMemory(stream.device, count: gradients.count)
    self.gradients = gradients
    state = try DeviceMemory(stream.device, count: buffers.optimizerState.count)
    stateRange = buffers.stateRange
  }

  /// Copies parameters and state from `buffers` to the device and returns when the copy is done.
  func adopt(_ buffers: ModelBuffers, on stream: Stream) throws {
    try stream.copy(
      UnsafeBufferPointer(rebasing: UnsafeBufferPointer(buffers.parameters)[..<parameters.count]),
      to: parameters.address)
    try stream.copy(UnsafeBufferPointer(buffers.optimizerState), to: state.address)
    try stream.synchronize()
  }

  /// Copies parameters and state back to `buffers` and returns when the copy is done.
  func publish(to buffers: ModelBuffers, on stream: Stream) throws {
    try stream.copy(
      parameters.address,
      to: UnsafeMutableBufferPointer(rebasing: buffers.parameters[..<parameters.count]))
    try stream.copy(state.address, to: buffers.optimizerState)
    try stream.synchronize()
  }
}
