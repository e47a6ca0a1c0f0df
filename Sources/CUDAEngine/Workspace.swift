import NeuralNetwork

/// Images and labels on the device, with their normalisation.
struct DeviceSamples {
  let images: DeviceMemory<UInt8>
  let labels: DeviceMemory<UInt8>
  let count: Int
  /// A byte becomes `byte * factor + shift`.
  let factor: Float
  let shift: Float

  /// Copies the samples, and returns when they are there.
  init(_ samples: Samples, on stream: Stream) throws {
    images = try DeviceMemory(stream.device, count: samples.images.count)
    labels = try DeviceMemory(stream.device, count: samples.count)
    count = samples.count
    factor = Float(1 / (255 * samples.deviation))
    shift = Float(-samples.mean / samples.deviation)
    try stream.copy(samples.images, to: images.address)
    try stream.copy(samples.labels, to: labels.address)
    try stream.synchronize()
  }
}

/// Room for the partial sums of products that run one after the other.
struct PartialSums {
  let sums: DeviceMemory<Float>
  let counters: DeviceMemory<Int32>

  /// - Parameter blocks: of a product whose reduction is parted, at most.
  init(blocks: Int, on stream: Stream) throws {
    let largest = Tile.allCases.map { $0.rows * $0.columns }.max() ?? 0
    sums = try DeviceMemory(stream.device, count: blocks * largest)
    counters = try DeviceMemory(stream.device, count: blocks)
    try counters.clear(on: stream)
  }
}

/// What a pass needs between its stages, on the device.
final class Workspace {
  /// Samples that a pass can have.
  let capacity: Int
  /// The input of each stage, then the outputs of the last.
  private(set) var activations: [DeviceMemory<Float>]
  /// Room for the inputs of the step that comes next; nil where only the forward pass is wanted.
  private(set) var nextInputs: DeviceMemory<Float>?
  /// For each stage with a pooling where its outputs come from.
  let choices: [DeviceMemory<UInt8>?]
  /// For each stage the gradient of its layer's outputs; empty where only the forward pass is wanted.
  let gradients: [DeviceMemory<Float>]
  /// Loss and hit of every row, and how many blocks have theirs.
  let losses: DeviceMemory<Float>
  let hits: DeviceMemory<Int32>
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
    hits = try DeviceMemory(device, count: capacity)
    counter = try DeviceMemory(device, count: 1)
    // Pixels at ragged edges are in no window of a pooling: nobody writes their gradients.
    for gradient in gradients { try gradient.clear(on: stream) }
    try counter.clear(on: stream)
  }

  /// Makes the inputs of the next step this step's.
  func turnInputs() {
    guard let next = nextInputs else { return }
    (activations[0], nextInputs) = (next, activations[0])
  }
}

/// The flat buffers on the device.
struct DeviceReplica {
  let parameters: DeviceMemory<Float>
  let gradients: DeviceMemory<Float>
  /// As many buffers of `stateRange` as the optimizer keeps numbers for a parameter.
  let state: DeviceMemory<Float>
  let stateRange: Range<Int>

  init(_ buffers: ModelBuffers, gradients: DeviceMemory<Float>, on stream: Stream) throws {
    parameters = try DeviceMemory(stream.device, count: gradients.count)
    self.gradients = gradients
    state = try DeviceMemory(stream.device, count: buffers.optimizerState.count)
    stateRange = buffers.stateRange
  }

  /// Copies what is lent to the device, and returns when it is there.
  func adopt(_ buffers: ModelBuffers, on stream: Stream) throws {
    try stream.copy(
      UnsafeBufferPointer(rebasing: UnsafeBufferPointer(buffers.parameters)[..<parameters.count]),
      to: parameters.address)
    try stream.copy(UnsafeBufferPointer(buffers.optimizerState), to: state.address)
    try stream.synchronize()
  }

  /// Copies it back, and returns when it is there.
  func publish(to buffers: ModelBuffers, on stream: Stream) throws {
    try stream.copy(
      parameters.address,
      to: UnsafeMutableBufferPointer(rebasing: buffers.parameters[..<parameters.count]))
    try stream.copy(state.address, to: buffers.optimizerState)
    try stream.synchronize()
  }
}
