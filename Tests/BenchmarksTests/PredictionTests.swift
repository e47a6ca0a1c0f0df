import Benchmarks
import Foundation
import RunRecords
import Statistics
import TestSupport
import Testing

@Suite struct PredictionTests {
  private func prediction() -> Prediction {
    Prediction(
      model: makeWork().model, optimizer: "adam", globalBatch: 64, ranks: 2, nodes: 1,
      threadsPerRank: 1, convolution: "auto", executableSHA256: "feed",
      methods: [
        Prediction.Method(sync: "allreduce", computeSeconds: 0.15, exchangeSeconds: 0.01),
        Prediction.Method(sync: "node", computeSeconds: 0.2, exchangeSeconds: 0.05),
      ], oneRankStepSeconds: nil)
  }

  /// The fixture's median step is 0.2 s.
  private func run(ranks: Int = 2, _ change: (inout RunRecord) -> Void = { _ in }) -> RunRecord {
    makeRecord(ranks: ranks) {
      $0.config.sync = "node"
      $0.config.convolution = "auto"
      change(&$0)
    }
  }

  @Test func theVerdictNamesBothTimesAndTheirDifference() {
    #expect(
      prediction().verdict(on: run())
        == "Predicted: 250.000 ms a step (bench allreduce); measured: 200.000 ms (-20.0 %)")
    let plain = prediction().verdict(on: run { $0.config.sync = "allreduce" })
    #expect(plain?.hasSuffix("(+25.0 %)") == true)
  }

  @Test func otherStepsHaveNoVerdict() {
    for other in [
      run(ranks: 4), run { $0.config.globalBatch = 32 }, run { $0.config.threadsPerRank = 2 },
      run { $0.machine.executableSHA256 = "beef" }, run { $0.work.model = "mlp" },
      run { $0.config.sync = "other" }, run { $0.run.nodes = 2 },
      run { $0.work.optimizer.kind = "sgd" }, run { $0.config.convolution = "im2col" },
    ] {
      #expect(prediction().verdict(on: other) == nil)
    }
  }

  @Test func theOneRankStepIsTheMedianOfRecordsOfTheseSteps() {
    let one = (1...3).map { number in
      run(ranks: 1) { $0.result.stepSeconds = Distribution([Double(number)]) }
    }
    #expect(Prediction.oneRankStep(like: prediction(), among: one + [run()]) == 2)
    #expect(Prediction.oneRankStep(like: prediction(), among: [run()]) == nil)
  }

  @Test func theNewestIsKept() throws {
    let directory = try TemporaryDirectory()
    #expect(Prediction.newest(in: directory.path("none")) == nil)
    try prediction().keep(in: directory.path("results"))
    var second = prediction()
    second.globalBatch = 32
    try second.keep(in: directory.path("results"))
    #expect(Prediction.newest(in: directory.path("results")) == second)
    // The prediction is not a record, and readers of records ignore its file.
    let contents = try RecordStore.load(directory: directory.path("results"))
    #expect(contents.records.isEmpty && contents.skipped.isEmpty)
  }
}
