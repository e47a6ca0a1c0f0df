import DataParallel
import NeuralNetwork
import Testing

/// Tests of the drill that makes a rank slower.
@Suite struct SlowDrillTests {
  /// An exchange that ran during the backward pass is no computation, and is not made longer.
  @Test func onlyComputationTakesLonger() {
    var passes = BatchOutcome()
    passes.loadSeconds = 0.001
    passes.forwardSeconds = 0.002
    passes.backwardSeconds = 0.503
    let added = SlowDrill(rank: 1, factor: 3).delay(&passes, overlapped: 0.5)
    // Less than a microsecond is lost to the rounding of clock readings.
    #expect(added > 0.012 - 1e-6 && added < 0.5)
    #expect(abs(passes.backwardSeconds - 0.503 - added) < 1e-9)
    #expect(passes.loadSeconds == 0.001 && passes.forwardSeconds == 0.002)
  }
}
