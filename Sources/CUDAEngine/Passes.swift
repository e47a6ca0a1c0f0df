import NeuralNetwork

/// Gives the kernels of a step to streams, with no waiting: to be run, or written down in a graph.
///
/// Products of weights' gradients go to a stream beside the main one where both are asked for: nobody waits
/// for them before the update.
final class Passes {
  let plan: Plan
  let model: Model
  let parameters: DeviceMemory<Float>
  let main: Stream
  let side: Stream
  let products: Products
  /// The stage that is computed together with the loss; nil if none.
  private let head: Int?
  private let fork: Event
  private let join: Event
  private var isForked = false

  /// - Parameter fusesHead: whether the last layer may be computed together with the loss, for training.
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

  /// Which of the samples make a batch: those at `indices` on the device or, where that is none, `count`
  /// from `first` on.
  struct Batch {
    let samples: DeviceSamples
    var indices = DeviceAddress.none
    var first = 0
    let count: Int
  }

  /// Bytes to outputs, but those of a head.
  func forward(_ batch: Batch, _ space: Workspace) throws {
    try gather(batch, space)
    try layers(batch, space)
  }

  /// Bytes to inputs.
  func gather(_ batch: Batch, _ space: Workspace) throws {
    try gather(batch, into: space.activations[0], on: main)
  }

  /// Bytes to inputs of the next step, beside what the main stream is given from here on.
  func gatherAhead(_ batch: Batch, _ space: Workspace) throws {
    guard let inputs = space.nextInputs else { return }
    try forkSide()
    try gather(batch, into: inputs, on: side)
  }

  private func gather(
    _ batch: Batch, into inputs: DeviceMemory<Float>, on stream: Stream
  ) throws {
    let pixels = model.input.count
    let quads = (pixels + 3) / 4
    try stream.launch(
      "gather", .covering(batch.count * quads), batch.samples.images.address, batch.indices,
      Int32(batch.first), Int32(batch.count), Int32(pixels), Divisor(quads), batch.samples.factor,
      batch.samples.shift, inputs.address)
  }

  /// Inputs to outputs.
  func layers(_ batch: Batch, _ space: Workspace) throws {
    for place in plan.stages.indices where place != head {
      try forward(place, batch.count, space)
    }
  }

  private func forward(_ place: Int, _ count: Int, _ space: Workspace) throws {
    let stage = plan.stages[place]
    let (input, output) = (space.activations[place].address, space.activations[place + 1].address)
    let numbers = count * stage.output.count
    switch stage.work {
    case .convolution, .fullyConnected:
      try products.forward(
        stage, place, count: count, input: input, output: output,
        choices: space.choices[place]?.address ?? .none, parameters: parameters, on: main)
    case .relu:
      try main.launch("relu_outputs", .covering(numbers), input, output, Int32(numbers))
    case .maxPool:
      try main.launch(
        "pool_outputs", .covering(numbers), input, output, space.choices[place]?.address ?? .none,
        stage.pooling, Int32(numbers))
    }
  }

  /// Outputs to loss and hits in `sums[slot]` and, for training, to the gradient of the last outputs and,
  /// with a head, of its inputs.
  func loss(
    _ batch: Batch, _ space: Workspace, into sums: DeviceMemory<BatchSums>, slot: Int
  ) throws {
    // A block has four warps, each of which takes a row.
    let grid = Grid(x: (batch.count + 3) / 4)
    if let head {
      let stage = plan.stages[head]
      let passage = stage.passesGradient ? passage(before: head, space) : .none(space, head)
      return try main.launch(
        "head", grid, threads: 128, parameters.at(stage.weights.lowerBound),
        parameters.at(stage.biases.lowerBound), batch.samples.labels.address, batch.indices,
        Int32(batch.first), Int32(batch.count), Int32(stage.input.count), Int32(model.classes),
        space.gradients[head].address, passage.gradients, passage.inputs, passage.choices,
        passage.pooling, passage.passing.rawValue, space.losses.address, space.hits.address,
        space.counter.address, sums.address, Int32(slot))
    }
    try main.launch(
      "softmax_loss", grid, threads: 128,
      space.activations[plan.stages.count].address, batch.samples.labels.address, batch.indices,
      Int32(batch.first), Int32(batch.count), Int32(model.classes),
      space.gradients.last?.address ?? .none, space.losses.address, space.hits.address,
      space.counter.address, sums.address, Int32(slot))
  }

  /// The gradients of a stage's parameters and inputs.
  func backward(
    _ place: Int, _ count: Int, _ space: Workspace, into gradients: DeviceMemory<Float>
  ) throws {
    let stage = plan.stages[place]
    let outputGradient = space.gradients[place].address
    if stage.hasParameters {
      if stage.passesGradient { try forkSide() }
      try products.weights(
        stage, place, count: count, input: space.activations[place].address,
        gradient: outputGradient, into: gradients, on: weightStream(place))
    }
    guard stage.passesGradient, place != head else { return }
    let passage = passage(before: place, space)
    let numbers = count * stage.output.count
    switch stage.work {
    case .convolution, .fullyConnected:
      try products.inputs(
        stage, place, count: count, gradient: outputGradient, to: passage, parameters: parameters,
        on: main)
    case .relu:
      try main.launch(
        "relu_inputs", .covering(numbers), space.activations[place + 1].address, outputGradient,
        passage.gradients, passage.inputs, passage.choices, passage.pooling,
        passage.passing.rawValue, Int32(numbers))
    case .maxPool:
      try main.launch(
        "pool_inputs", .covering(numbers), space.choices[place]?.address ?? .none, outputGradient,
        stage.pooling, passage.gradients, passage.inputs, passage.choices, passage.pooling,
        passage.passing.rawValue, Int32(numbers))
    }
  }

  /// Where the gradients of a stage's parameters are computed.
  func weightStream(_ place: Int) -> Stream { plan.stages[place].passesGradient ? side : main }

  /// Where the gradient of a stage's inputs goes.
  private func passage(before place: Int, _ space: Workspace) -> Passage {
    let before = plan.stages[place - 1]
    return Passage(
      gradients: space.gradients[place - 1].address, inputs: space.activations[place].address,
      choices: space.choices[place - 1]?.address ?? .none, pooling: before.pooling,
      passing: before.passing)
  }

  /// One product by itself, on the main stream.
  func product(
    _ kind: ProductKernel.Kind, _ place: Int, _ count: Int, _ attached: Attachment
  ) throws {
    let (stage, space) = (plan.stages[place], attached.space)
    switch kind {
    case .fullWeights, .convolutionWeights:
      try products.weights(
        stage, place, count: count, input: space.activations[place].address,
        gradient: space.gradients[place].address, into: attached.replica.gradients, on: main)
    case .fullInputs, .convolutionInputs:
      try products.inputs(
        stage, place, count: count, gradient: space.gradients[place].address,
        to: passage(before: place, space), parameters: parameters, on: main)
    default: try forward(place, count, space)
    }
  }

  /// Does all for a batch once and waits for it.
  ///
  /// Before a graph is written down: drivers load kernels, and cuBLAS makes itself ready, when they are
  /// first used, and neither is allowed then.
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

  /// Has the side stream wait for what the main stream was given.
  private func forkSide() throws {
    try side.wait(for: main, passing: fork)
    isForked = true
  }

  /// Has the main stream wait for what the side stream was given.
  func joinSide() throws {
    guard isForked else { return }
    isForked = false
    try main.wait(for: side, passing: join)
  }
}
