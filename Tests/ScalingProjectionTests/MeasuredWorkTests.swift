import RunRecords
import ScalingProjection
import TestSupport
import Testing

/// What records say about a work, and which records are refused.
@Suite struct MeasuredWorkTests {
  private func work(_ records: [RunRecord]) throws(ProjectionError) -> MeasuredWork {
    try MeasuredWork(
      records: records.enumerated().map { ("\($0.offset).json", $0.element) }, source: "results")
  }

  private func message(_ records: [RunRecord]) -> String {
    do {
      _ = try work(records)
      return "no error"
    } catch {
      return error.description
    }
  }

  /// Compute is the median step without its tenth of update; repeats give their median.
  @Test func computeTimesAreThoseOfSteps() throws {
    let work = try work([
      Fixture.record(batch: 64, stepSeconds: 0.030), Fixture.record(batch: 64, stepSeconds: 0.010),
      Fixture.record(batch: 64, stepSeconds: 0.020), Fixture.record(batch: 16, stepSeconds: 0.010),
      Fixture.record(batch: 64, stepSeconds: 0.5, ranks: 2),
    ])
    #expect(work.times.points.map(\.localBatch) == [16, 64])
    #expect(work.times.points.map(\.records) == [1, 3])
    #expect(abs(work.times.seconds(of: 64) - 0.018) < 1e-12)
    #expect(abs(work.times.updateSeconds - 0.0015) < 1e-12)
    #expect(work.statesPerParameter == 2 && work.parameters == 1000)
  }

  /// Length, seed and learning rate do not change the time of a step.
  @Test func lengthAndSeedMayDiffer() throws {
    let other = Fixture.record(batch: 16, stepSeconds: 0.01) {
      ($0.work.seed, $0.work.steps, $0.work.epochs) = (7, 100, 9)
      $0.work.optimizer.learningRate = 0.5
    }
    #expect(
      try work([Fixture.record(batch: 64, stepSeconds: 0.02), other]).times.points.count == 2)
  }

  @Test func refusesWhatIsNoMeasurementOfOneRank() {
    let first = Fixture.record(batch: 64, stepSeconds: 0.02)
    #expect(message([]).hasPrefix("results: none of 0 records is of one rank: expected"))
    #expect(message([Fixture.record(batch: 64, stepSeconds: 0.02, ranks: 2)]).contains("none of 1"))
    let changes: [(String, (inout RunRecord) -> Void)] = [
      ("1.json: another work than 0.json (model: ", { $0.work.model = "mlp 5" }),
      ("1.json: another machine or program than 0.json (machine.cpu: ", { $0.machine.cpu = "B" }),
      ("1.json: another machine or program than 0.json (revision: ", { $0.machine.revision = "9" }),
      ("1.json: the device is cuda: expected cpu", { $0.config.device = "cuda" }),
      ("1.json: a run of the reproducible mode (8 leaves)", { $0.config.leaves = 8 }),
      ("1.json: a drill: slow:rank0:2x: expected", { $0.drill = "slow:rank0:2x" }),
    ]
    for (start, change) in changes {
      let text = message([first, Fixture.record(batch: 16, stepSeconds: 0.01, change)])
      #expect(text.hasPrefix(start) && text.contains("expected"), "\(text)")
    }
  }
}
