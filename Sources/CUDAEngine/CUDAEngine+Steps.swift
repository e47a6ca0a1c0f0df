public import NeuralNetwork

extension CUDAEngine: StepRunner {
  /// Steps in a graph: enough that its launch costs little, few enough that it is made quickly.
  private static let stepsOfGraph = 16

  public func runSteps(
    _ batches: [UnsafeBufferPointer<Int32>], firstStep: Int
  ) -> [BatchOutcome] {
    var failed = BatchOutcome()
    failed.lossSum = .nan
    return onDevice(batches.map { _ in failed }) {
      try runSteps(batches, firstStep: firstStep, attached())
    }
  }

  private func runSteps(
    _ batches: [UnsafeBufferPointer<Int32>], firstStep: Int, _ attached: Attachment
  ) throws -> [BatchOutcome] {
    precondition(
      attached.replica.stateRange == 0..<layout.count,
      "whole steps need the state of all \(layout.count) parameters, "
        + "the state passed is that of \(attached.replica.stateRange)")
    var outcomes = batches.map { _ in BatchOutcome() }
    var started: [StepGraph] = []
    var next = 0
    while next < batches.count {
      let samples = batches[next].count
      precondition(samples > 0, "step \(firstStep + next) has no samples")
      let equal = batches[next...].prefix(Self.stepsOfGraph).prefix { $0.count == samples }
      let steps = equal.count == Self.stepsOfGraph ? equal : equal.prefix(1)
      for batch in steps { attached.check(batch) }
      let graph = try graph(
        attached, StepGraph.Size(samples: samples, steps: steps.count), &outcomes)
      try graph.start(
        steps, optimizer, firstStep: firstStep + next, result: next, on: main)
      attached.isDeviceNewer = true
      started.append(graph)
      next += steps.count
    }
    for graph in started { try graph.collect(into: &outcomes) }
    return outcomes
  }

  /// A graph of this size that is not running.
  ///
  /// Two graphs are used in turn, so that the device runs one while the host fills the other.
  private func graph(
    _ attached: Attachment, _ size: StepGraph.Size, _ outcomes: inout [BatchOutcome]
  ) throws -> StepGraph {
    if attached.stepGraphs[size] == nil { try makeGraphs(attached, size) }
    guard var known = attached.stepGraphs[size], !known.isEmpty else {
      preconditionFailure("no graphs of \(size)")
    }
    let first = known.removeFirst()
    attached.stepGraphs[size] = known + [first]
    try first.collect(into: &outcomes)
    return first
  }

  /// Makes two graphs of this size.
  ///
  /// For batches of the usual size it makes those of many steps and those of one step together, so
  /// that none has to be made later in a run.
  private func makeGraphs(_ attached: Attachment, _ size: StepGraph.Size) throws {
    let isUsual = size.samples == attached.space.capacity
    for steps in isUsual ? [Self.stepsOfGraph, 1] : [size.steps] {
      let size = StepGraph.Size(samples: size.samples, steps: steps)
      attached.stepGraphs[size] = try (0..<2).map { _ in try StepGraph(self, attached, size) }
    }
  }

  /// Number of kernels of one step within a graph of many, for batches of the usual size.
  package func kernelsOfStep() throws -> Int {
    let attached = try attached()
    let size = StepGraph.Size(samples: attached.space.capacity, steps: Self.stepsOfGraph)
    if attached.stepGraphs[size] == nil { try makeGraphs(attached, size) }
    // The other nodes are the copies at the begin and the end of the graph.
    let nodes = attached.stepGraphs[size]?.first?.graph.nodeCount ?? 0
    return (nodes - StepGraph.copies) / Self.stepsOfGraph
  }
}
