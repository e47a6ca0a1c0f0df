import Foundation
import RunRecords
import ScalingProjection
import TestSupport

/// A work of adam with a million parameters, and platforms of one switch without factors.
enum Fixture {
  static let work = MeasuredWork(
    model: "cnn", layers: "cnn 3x3x32", parameters: 1_000_000, optimizer: "adam",
    statesPerParameter: 2, cpu: "Example CPU", threadsPerRank: 1,
    times: ComputeTimes(
      points: [
        .init(localBatch: 4, seconds: 0.002, records: 1),
        .init(localBatch: 64, seconds: 0.020, records: 1),
      ], updateSeconds: 0.0014))

  /// Runs work that waits for programs on a thread of its own: the threads of tests are few.
  static func waiting<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      // Not a queue of Dispatch: these share the threads of tests.
      Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
    }
  }

  /// A projection by SimGrid of the work of this fixture.
  static func project(_ plan: ProjectionPlan, on platform: Platform) async throws -> Projection {
    try await waiting {
      try Projection(work, plan: plan, platform: platform, simulator: SimGrid(), version: "test")
    }
  }

  /// Writes a switch with hosts whose links have this latency (half of that between two hosts) and
  /// bandwidth.
  static func oneSwitch(
    hosts: Int, latency: String, bandwidth: String, in directory: TemporaryDirectory
  ) throws -> Platform {
    let text = """
      <?xml version='1.0'?>
      <!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
      <platform version="4.1">
        <config>
          <prop id="smpi/bw-factor" value="0:1"/><prop id="smpi/lat-factor" value="0:1"/>
          <prop id="network/TCP-gamma" value="0"/><prop id="network/weight-S" value="0"/>
        </config>
        <cluster id="c" prefix="n" suffix="" radical="0-\(hosts - 1)" speed="1Gf" lat="\(latency)"
          bw="\(bandwidth)" sharing_policy="SPLITDUPLEX" loopback_bw="4GBps" loopback_lat="1us"/>
      </platform>
      """
    return try Platform(path: try directory.write(Data(text.utf8), to: "switch-\(hosts).xml"))
  }

  /// A one-rank record with this global batch and median step; a tenth of its time is the update.
  static func record(
    batch: Int, stepSeconds: Double, ranks: Int = 1, _ change: (inout RunRecord) -> Void = { _ in }
  ) -> RunRecord {
    makeRecord(ranks: ranks, seconds: 10) {
      $0.config.globalBatch = batch
      $0.work.globalBatch = batch
      $0.result.stepSeconds.median = stepSeconds
      $0.ranks[0].phases = PhaseSeconds()
      $0.ranks[0].phases.load = 1
      $0.ranks[0].phases.forward = 3
      $0.ranks[0].phases.backward = 5
      $0.ranks[0].phases.update = 1
      $0.ranks[0].optimizerStateBytes = 8000
      change(&$0)
    }
  }
}
