public import NeuralNetwork

/// The optimizer, with gradients from the host or, within a graph, with those on the device.
extension CUDAEngine {
  public func update(_ range: Range<Int>, from gradients: GradientSum, scale: Float, step: Int) {
    onDevice(()) {
      let attached = try attached()
      let known = attached.replica.stateRange
      precondition(
        range.isEmpty || (known.contains(range.lowerBound) && range.upperBound <= known.upperBound),
        "update of parameters \(range), state is kept for \(known)")
      guard !range.isEmpty else { return }
      let constants = UpdateConstants(optimizer, scale: scale, step: step)
      if gradients.sources.count == 1, isResident(gradients.sources[0]) {
        try optimize(range, from: self.gradients, attached, on: main, kernel: "update", constants)
      } else if let sources = gradients.inOrder {
        try update(range, from: sources.map { $0 + range.lowerBound }, constants, attached)
      } else {
        try withHostSum(gradients, of: range) { sum in
          try update(range, from: [sum], constants, attached)
        }
      }
    }
  }

  /// Copies the sources to the device and gives the update of `range` to the main stream.
  ///
  /// - Parameter sources: the first number of each belongs to the first parameter of `range`.
  private func update(
    _ range: Range<Int>, from sources: [UnsafePointer<Float>], _ constants: UpdateConstants,
    _ attached: Attachment
  ) throws {
    let incoming = try incomingMemory(sources.count * distance, attached)
    if attached.unread.contains(where: { $0.overlaps(range) }) {
      try uploads.wait(for: attached.consumed)
      attached.unread = []
    }
    for (place, source) in sources.enumerated() {
      try uploads.copy(
        UnsafeBufferPointer(start: source, count: range.count),
        to: incoming.at(place * distance + range.lowerBound))
    }
    try main.wait(for: uploads, passing: attached.uploaded)
    try optimize(
      range, from: incoming, sources: sources.count, attached, on: main, kernel: "update", constants
    )
    try attached.consumed.record(on: main)
    attached.unread.append(range)
    // The caller may change its gradients after this call, so their copy must be done; the update
    // need not be. Within a pass the caller may change them only after the pass, which waits for
    // the copy.
    if !attached.isComputing { try attached.uploaded.synchronize() }
  }

  /// Numbers from one source on the device to the next: a multiple of four, for aligned reads.
  private var distance: Int { (layout.count + 3) / 4 * 4 }

  /// Gives the optimizer's kernel for a range to a stream.
  ///
  /// - Parameters:
  ///   - memory: the sources on the device, each with a number for every parameter.
  ///   - kernel: `update` takes the constants as an argument; `step` takes a table of constants and
  ///     the slot to use, because the arguments of a captured kernel never change.
  private func optimize<each Constant: KernelArgument>(
    _ range: Range<Int>, from memory: DeviceMemory<Float>, sources: Int = 1, _ attached: Attachment,
    on stream: Stream, kernel: String, _ constants: repeat each Constant
  ) throws {
    let first = memory.at(range.lowerBound)
    let parameters = attached.replica.parameters.at(range.lowerBound)
    let states = stateAddresses(range, attached)
    let grid = Grid.covering((range.count + 3) / 4)
    let (sources, distance, count) = (Int32(sources), Int32(distance), Int32(range.count))
    switch optimizer.kind {
    case .adam:
      try stream.launch(
        "adam_\(kernel)", grid, parameters, states.first, states.second, first, sources, distance,
        count, repeat each constants)
    case .sgd:
      try stream.launch(
        "sgd_\(kernel)", grid, parameters, states.first, first, sources, distance, count,
        repeat each constants)
    }
    attached.isDeviceNewer = true
  }

  /// Updates a range from the gradients on the device, with constants from a table, in a graph.
  func update(
    _ range: Range<Int>, _ attached: Attachment, constants: DeviceMemory<UpdateConstants>,
    slot: Int, on stream: Stream
  ) throws {
    try optimize(
      range, from: gradients, attached, on: stream, kernel: "step", constants.address, Int32(slot))
  }

  /// The addresses of the optimizer state of a range.
  ///
  /// There are two for adam, one for sgd with momentum, and none for plain sgd.
  func stateAddresses(
    _ range: Range<Int>, _ attached: Attachment
  ) -> (first: DeviceAddress, second: DeviceAddress) {
    let known = attached.replica.stateRange
    let first = range.lowerBound - known.lowerBound
    let state = attached.replica.state
    switch optimizer.statesPerParameter {
    case 0: return (.none, .none)
    case 1: return (state.at(first), .none)
    default: return (state.at(first), state.at(known.count + first))
    }
  }

  /// Device memory for `count` numbers from the host, made anew where it is too small.
  private func incomingMemory(_ count: Int, _ attached: Attachment) throws -> DeviceMemory<Float> {
    if let incoming = attached.incoming, incoming.count >= count { return incoming }
    // The old memory may still be in use.
    try uploads.synchronize()
    try main.synchronize()
    let incoming = try DeviceMemory<Float>(gpu, count: count)
    attached.incoming = incoming
    return incoming
  }

  /// Computes a sum on the host that is not a plain sequence of additions, and passes it to `body`.
  private func withHostSum(
    _ gradients: GradientSum, of range: Range<Int>, _ body: (UnsafePointer<Float>) throws -> Void
  ) throws {
    try withUnsafeTemporaryAllocation(
      of: Float.self, capacity: gradients.depth * range.count
    ) { stack in
      guard let base = stack.baseAddress else { return }
      base.initialize(repeating: 0, count: stack.count)
      gradients.evaluate(from: range.lowerBound, count: range.count, stack: base)
      try body(base)
    }
  }
}

extension GradientSum {
  /// The sources in the order in which they are added; nil if the sum is not a plain sequence.
  fileprivate var inOrder: [UnsafePointer<Float>]? {
    var order: [UnsafePointer<Float>] = []
    for (number, step) in steps.enumerated() {
      switch step {
      case .take(let place) where number == 0: order.append(sources[place])
      case .add(let place): order.append(sources[place])
      case .take, .join: return nil
      }
    }
    return order
  }
}
