import Benchmarks
import Statistics
import Testing

/// The formulas of GROWTH.md, compared with values computed by hand.
@Suite struct GrowthModelTests {
  /// Between nodes 10 us and 1 GB/s; within a node 1 us and 10 GB/s; sums at 20 GB/s; 4 MB.
  private let model = GrowthModel(
    network: LinearFit(latencySeconds: 10e-6, bytesPerSecond: 1e9),
    withinNode: LinearFit(latencySeconds: 1e-6, bytesPerSecond: 10e9), ranksPerNode: 4,
    sumBytesPerSecond: 20e9, bytes: 4e6, secondsPerSample: 1e-4, secondsPerStep: 1e-3,
    updateSeconds: 2e-3, overlappedShare: 0.5)

  private func close(_ value: Double, _ expected: Double) -> Bool {
    abs(value / expected - 1) < 1e-9
  }

  @Test func oneRankExchangesNothing() {
    let step = model.stepSeconds(ranks: 1, localBatch: 50)
    #expect(close(step.allReduce, 8e-3) && close(step.overlap, 8e-3) && close(step.node, 8e-3))
  }

  /// Four ranks of a node.
  ///
  /// allreduce: 2 x 2 rounds of 1 us, 2 x 3/4 x 4 MB at 10 GB/s, and the sum of 3/4 x 4 MB.
  /// node: two barriers of two rounds, reading of 4 MB, and a quarter of the update.
  @Test func ranksOfOneNode() {
    let step = model.stepSeconds(ranks: 4, localBatch: 10)
    #expect(close(step.allReduce, 2e-3 + 4e-6 + 600e-6 + 150e-6 + 2e-3))
    #expect(close(step.node, 2e-3 + 0.5e-3 + 4e-6 + 200e-6))
    // 1 ms of computation hides the whole exchange except its latency.
    #expect(close(step.overlap, 2e-3 + 4e-6 + 2e-3))
  }

  /// Eight ranks on two nodes; the four ranks of a node share a link of 1 GB/s.
  @Test func ranksOfTwoNodes() {
    let step = model.stepSeconds(ranks: 8, localBatch: 10)
    #expect(close(step.allReduce, 2e-3 + 60e-6 + 28e-3 + 175e-6 + 2e-3))
    #expect(close(step.overlap, step.allReduce - 1e-3))
    #expect(close(step.node, 2e-3 + 0.5e-3 + 4e-6 + 200e-6 + 20e-6 + 4e-3 + 25e-6))
  }

  @Test func strongScalingEndsWithTheSamples() {
    let lines = model.text(globalBatch: 64, localBatch: 64).split(separator: "\n")
    #expect(lines.count == 3 + 13)
    #expect(lines[9].split(separator: " ").count == 13 && lines[9].hasPrefix("   64"))
    #expect(lines[10].split(separator: " ").count == 7)
  }
}
