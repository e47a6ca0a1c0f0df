import NeuralNetwork

/// Gives the kernels of a step to streams, to be run at once or captured in a graph.
///
/// Only `warmUp` waits for the device. Where a stage has both products of the backward pass, the
/// product for the weights' gradients goes to the side stream, because only the update needs its
/// result.
final class Passes {
  let plan: Plan
  let model: Model
  let parameters: DeviceMemory<Float>
  let main: Stream
  let side: Stream
  let products: Products
  /// Index of the stage that is computed together with the loss; nil if none is.
  private let head: Int?
  /// Events that make the streams wait for each other.
  private let fork: Event
  private let join: Event
  /// Whether the side stream has work that the main stream has not waited for.
  private var isForked = false

  /// Creates passes that use the given parameters and products.
  ///
  /// - Parameter fusesHead: whether the last layer may be computed together with the loss, which is
  ///   done in training only.
  init(
    _ plan: Plan, _ model: Model, parameters: DeviceMemory<Float>, products: Products, main: Stream,
    side: Stream, fusesHead: Bool
  ) throws {
    self.plan = plan
    self.model = model
    self.parameters = parameters
    self.products = products
    self.main = main
    self.side = side
    head = fusesHead ? plan.head : nil
    fork = try Event(main.device)
    join = try Event(main.device)
  }

  /// The samples of a batch.
  ///
  /// They are those at `indices`, an array on the device, or, where that is `.none`, `count`
  /// samples from number `first` on.
  struct Batch {
    let samples: DeviceSamples
    var indices = DeviceAddress.none
    var first = 0
    let count: Int
  }

  /// Computes the outputs of all stages but the head from the images' bytes.
  func forward(_ batch: Batch, _ space: Workspace) throws {
    try gather(batch, space)
    try layers(batch, space)
  }

  /// Gathers the images of the batch and normalises their bytes to inputs.
  func gather(_ batch: Batch, _ space: Workspace) throws {
    try gather(batch, into: space.activations[0], on: main)
  }

  /// Gathers the inputs of the next step on the side stream, beside later work of the main stream.
  func gatherAhead(_ batch: Batch, _ space: Workspace) throws {
    guard let inputs = space.nextInputs else { return }
    try forkSide()
    try gather(batch, into: inputs, on: side)
  }

  private func gather(
    _ batch: Batch, into inputs: DeviceMemory<Float>, on stream: Stream
  ) throws {
    let size = model.input.count
    let quads = (size + 3) / 4
    try stream.launch(
      "gather", .covering(batch.count * quads), batch.samples.images.address, batch.indices,
      Int32(batch.first), Int32(batch.count), Int32(size), Divisor(quads),
      batch.samples.normalisation, inputs.address)
  }

  /// Computes the outputs of all stages but the head from the inputs.
  func layers(_ batch: Batch, _ space: Workspace) throws {
    for index in plan.stages.indices where index != head {
      try forward(index, batch.count, space)
    }
  }

  /// Computes the outputs of one stage.
  private func forward(_ index: Int, _ count: Int, _ space: Workspace) throws {
    let stage = plan.stages[index]
    let (input, output) = (space.activations[index].address, space.activations[index + 1].address)
    let numbers = count * stage.output.count
    switch stage.work {
    case .convolution, .fullyConnected:
      try products.forward(
        stage, index, count: count, input: input, output: output,
        choices: space.choices[index]?.address ?? .none, parameters: parameters, on: main)
    case .relu:
      try main.launch("relu_outputs", .covering(numbers), input, output, Int32(numbers))
    case .maxPool:
      try main.launch(
        "pool_outputs", .covering(numbers), input, output, space.choices[index]?.address ?? .none,
        stage.pooling, Int32(numbers))
    }
  }

  /// Computes loss and correct predictions of the batch from the last outputs, into `sums[slot]`.
  ///
  /// For training it also computes the gradient of the last outputs. With a head it computes the
  /// last outputs, too, and the gradient of the head's inputs.
  func loss(
    _ batch: Batch, _ space: Workspace, into sums: DeviceMemory<BatchSums>, slot: Int
  ) throws {
    // A block has four warps, and each warp computes one row.
    let grid = Grid(x: (batch.count + 3) / 4)
    if let head {
      let stage = plan.stages[head]
      let passage = stage.passesGradient ? passage(before: head, space) : .none(space, head)
      return try main.launch(
        "head", grid, threads: 128, parameters.at(stage.weights.lowerBound),
        parameters.at(stage.biases.lowerBound), batch.samples.labels.address, batch.indices,
        Int32(batch.first), Int32(batch.count), Int32(stage.input.count), Int32(model.classes),
        space.gradients[head].address, passage.gradients, passage.inputs, passage.choices,
        passage.pooling, passage.passing.rawValue, space.losses.address, space.correct.address,
        space.counter.address, sums.address, Int32(slot))
    }
    try main.launch(
      "softmax_loss", grid, threads: 128,
      space.activations[plan.stages.count].address, batch.samples.labels.address, batch.indices,
      Int32(batch.first), Int32(batch.count), Int32(model.classes),
      space.gradients.last?.address ?? .none, space.losses.address, space.correct.address,
      space.counter.address, sums.address, Int32(slot))
  }

  /// Computes the gradients of a stage's parameters and of its inputs.
  func backward(
    _ index: Int, _ count: Int, _ space: Workspace, into gradients: DeviceMemory<Float>
  ) throws {
    let stage = plan.stages[index]
    let outputGradient = space.gradients[index].address
    if stage.hasParameters {
      if stage.passesGradient { try forkSide() }
      try products.weights(
        stage, index, count: count, input: space.activations[index].address,
        gradient: outputGradient, into: gradients, on: weightStream(index))
    }
    guard stage.passesGradient, index != head else { return }
    let passage = passage(before: index, space)
    let numbers = count * stage.output.count
    switch stage.work {
    case .convolution, .fullyConnected:
      try products.inputs(
        stage, index, count: count, gradient: outputGradient, to: passage, parameters: parameters,
        on: main)
    case .relu:
      try main.launch(
        "relu_inputs", .covering(numbers), space.activations[index + 1].address, outputGradient,
        passage.gradients, passage.inputs, passage.choices, passage.pooling,
        passage.passing.rawValue, Int32(numbers))
    case .maxPool:
      try main.launch(
        "pool_inputs", .covering(numbers), space.choices[index]?.address ?? .none, outputGradient,
        stage.pooling, passage.gradients, passage.inputs, passage.choices, passage.pooling,
        passage.passing.rawValue, Int32(numbers))
    }
  }

  /// The stream on which the gradients of a stage's parameters are computed.
  func weightStream(_ index: Int) -> Stream { plan.stages[index].passesGradient ? side : main }

  /// The target of the gradient of a stage's inputs.
  private func passage(before index: Int, _ space: Workspace) -> Passage {
    let previous = plan.stages[index - 1]
    return Passage(
      gradients: space.gradients[index - 1].address, inputs: space.activations[index].address,
      choices: space.choices[index - 1]?.address ?? .none, pooling: previous.pooling,
      passing: previous.passing)
  }

  /// Computes a single product on the main stream, for measurements.
  func product(
    _ kind: ProductKernel.Kind, _ index: Int, _ count: Int, _ attached: Attachment
  ) throws {
    let (stage, space) = (plan.stages[index], attached.space)
    switch kind {
    case .fullWeights, .convolutionWeights:
      try products.weights(
        stage, index, count: count, input: space.activations[index].address,
        gradient: space.gradients[index].address, into: attached.replica.gradients, on: main)
    case .fullInputs, .convolutionInputs:
      try products.inputs(
        stage, index, count: count, gradient: space.gradients[index].address,
        to: passage(before: index, space), parameters: parameters, on: main)
    default: try forward(index, count, space)
    }
  }

  /// Runs the forward and backward pass of a batch once and waits for it.
  ///
  /// This must precede the capture of a graph. Drivers load a kernel, and cuBLAS initialises
  /// itself, at first use, and neither is allowed during a capture.
  func warmUp(
    _ batch: Batch, _ space: Workspace, into sums: DeviceMemory<BatchSums>,
    _ gradients: DeviceMemory<Float>
  ) throws {
    try forward(batch, space)
    try loss(batch, space, into: sums, slot: 0)
    for stage in plan.stages.indices.reversed() {
      try backward(stage, batch.count, space, into: gradients)
    }
    try joinSide()
    try main.synchronize()
  }

  /// Makes the side stream wait for the work given to the main stream so far.
  private func forkSide() throws {
    try side.wait(for: main, passing: fork)
    isForked = true
  }

  /// Makes the main stream wait for the work given to the side stream so far.
  func joinSide() throws {
    guard isForked else { return }
    isForked = false
    try main.wait(for: side, passing: join)
  }
}
