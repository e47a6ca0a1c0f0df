public import NeuralNetwork

/// The optimizer, from gradients of the host and, within a graph, from those of the device.
extension CUDAEngine {
  public func update(_ range: Range<Int>, from gradients: GradientSum, scale: Float, step: Int) {
    onDevice(()) {
      let attached = try attached()
      let known = attached.replica.stateRange
      precondition(
        range.isEmpty || (known.contains(range.lowerBound) && range.upperBound <= known.upperBound),
        "update of parameters \(range), state lent for \(known)")
      guard !range.isEmpty else { return }
      let constants = UpdateConstants(optimizer, scale: scale, step: step)
      if let sources = gradients.inOrder {
        try update(range, from: sources.map { $0 + range.lowerBound }, constants, attached)
      } else {
        try withHostSum(gradients, of: range) { sum in
          try update(range, from: [sum], constants, attached)
        }
      }
    }
  }

  /// - Parameter sources: the first number of each is that of the first parameter of `range`.
  private func update(
    _ range: Range<Int>, from sources: [UnsafePointer<Float>], _ constants: UpdateConstants,
    _ attached: Attachment
  ) throws {
    // Each source begins where quads do.
    let distance = (range.count + 3) / 4 * 4
    let incoming = try room(sources.count * distance, attached)
    for (place, source) in sources.enumerated() {
      try main.copy(
        UnsafeBufferPointer(start: source, count: range.count), to: incoming.at(place * distance))
    }
    try attached.uploaded.record(on: main)
    let (count, parameters) = (range.count, attached.replica.parameters.at(range.lowerBound))
    let states = stateAddresses(range, attached)
    let grid = Grid.covering((count + 3) / 4)
    switch optimizer.kind {
    case .adam:
      try main.launch(
        "adam_update", grid, parameters, states.first, states.second, incoming.address,
        Int32(sources.count), Int32(distance), Int32(count), constants)
    case .sgd:
      try main.launch(
        "sgd_update", grid, parameters, states.first, incoming.address, Int32(sources.count),
        Int32(distance), Int32(count), constants)
    }
    attached.isDeviceNewer = true
    // The caller may change its gradients now; the parameters may still be on their way.
    try attached.uploaded.synchronize()
  }

  /// Where the state of a range lies: adam's two numbers, sgd's one, or none.
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

  private func room(_ count: Int, _ attached: Attachment) throws -> DeviceMemory<Float> {
    if let incoming = attached.incoming, incoming.count >= count { return incoming }
    // Kernels may still read the old one.
    try main.synchronize()
    let incoming = try DeviceMemory<Float>(gpu, count: count)
    attached.incoming = incoming
    return incoming
  }

  /// Computes a sum that is no plain sequence on the host: such sums are the CPU's affair.
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
  /// The sources in the order in which they are added, if that is all there is to the sum.
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
