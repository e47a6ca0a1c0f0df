import RunRecords
import ScalingProjection
import TestSupport
import Testing

/// Compute times from records, between and beyond the measured local batches.
@Suite struct ComputeTimesTests {
  private let times = ComputeTimes(
    points: [
      .init(localBatch: 64, seconds: 0.020, records: 1),
      .init(localBatch: 4, seconds: 0.002, records: 1),
      .init(localBatch: 16, seconds: 0.008, records: 1),
    ], updateSeconds: 0.001)

  @Test(arguments: [
    (4, 0.002), (16, 0.008), (64, 0.020), (10, 0.005), (40, 0.014), (128, 0.036), (2, 0.001),
  ])
  func isALineBetweenMeasuredBatches(batch: Int, seconds: Double) {
    #expect(abs(times.seconds(of: batch) - seconds) < 1e-12)
  }

  @Test func knowsWhatWasMeasured() {
    #expect([4, 10, 64].allSatisfy { !times.isExtrapolated($0) })
    #expect([3, 65].allSatisfy(times.isExtrapolated))
  }

  /// A line through noise must not lead to steps that are quicker than their share of samples.
  @Test func isNeverQuickerThanProportional() {
    let noisy = ComputeTimes(
      points: [
        .init(localBatch: 8, seconds: 0.001, records: 1),
        .init(localBatch: 16, seconds: 0.010, records: 1),
      ], updateSeconds: 0)
    #expect(abs(noisy.seconds(of: 1) - 0.000125) < 1e-12)
  }

  @Test func oneBatchIsTakenAsProportional() {
    let one = ComputeTimes(
      points: [.init(localBatch: 10, seconds: 0.01, records: 1)], updateSeconds: 0)
    #expect(abs(one.seconds(of: 25) - 0.025) < 1e-12)
  }
}
