import CUDAEngine
import Foundation
import RunRecords
import TestSupport
import Testing

/// Tests of training runs: their lines, records and losses.
@Suite struct TrainingTests {
  /// Any launch prints the lines of the original report, in unchanged words, and writes a record.
  @Test(arguments: [nil, 1, 2, 3])
  func aRunPrintsTheReportAndWritesARecord(ranks: Int?) async throws {
    let data = try IDXFixture(trainingCount: 500, testCount: 101).write()
    let results = data.path("results")
    let run = try await Program.succeed(
      ranks: ranks,
      [
        "--data", data.path, "--model", "mlp", "--hidden", "16", "--batch-size", "50",
        "--log-interval", "5", "--threads", "1", "--results", results,
      ])
    let lines = run.stdout.split(separator: "\n").map(String.init)
    #expect(lines.first?.hasPrefix("Using device: cpu") == true)
    // The reason is printed only where a GPU is found.
    if !GPUEvidence.isFound(environment: ["MNIST_MPI_CUDA": "none"]) {
      #expect(lines.first == "Using device: cpu")
    }
    let training = lines.filter { $0.hasPrefix("Train Epoch:") }
    #expect(
      training.map { $0.prefix(while: { $0 != "]" }) } == [
        "Train Epoch: 1 [0/500", "Train Epoch: 1 [250/500", "Train Epoch: 2 [0/500",
        "Train Epoch: 2 [250/500",
      ])
    #expect(training.allSatisfy { $0.contains("] Loss: ") })
    #expect(lines.filter { $0.hasPrefix("Test Epoch:") }.count == 2)
    #expect(run.stdout.contains("all replicas equal"))
    #expect(!run.stdout.contains("\r"), "a bar was drawn into a pipe")

    let records = try Program.records(in: results)
    let record = try #require(records.first)
    #expect(records.count == 1)
    let size = ranks ?? 1
    #expect(record.run.ranks == size && record.ranks.count == size)
    #expect(record.ranks.map(\.samples).reduce(0, +) == 1000)
    #expect(record.result.samplesSeen == 1000 && record.result.steps == 20)
    #expect(record.result.replicasEqual && record.epochs.count == 2)
    #expect(record.work.globalBatch == 50 && record.work.trainingSamples == 500)
    let slowest = record.ranks.map(\.trainingSeconds).max()
    #expect(record.result.trainingSeconds == slowest)
    let seconds = String(
      format: record.result.trainingSeconds < 2 ? "%.4f" : "%.2f", record.result.trainingSeconds)
    #expect(lines.contains("Training completed in: \(seconds) seconds"))
    for rank in record.ranks {
      let phases = rank.phases.training + rank.otherSeconds
      #expect(abs(phases - rank.trainingSeconds) <= 0.02 * rank.trainingSeconds + 1e-4)
    }
    #expect(run.stdout.contains("single device") == (size > 1))
  }

  /// A command does the same work on any number of ranks and with any exchange method.
  ///
  /// The learning rate of the cnn is small, because at 0.05 its losses are chaotic after some
  /// twenty steps: rounding alone then makes two runs differ (see Tests/Oracle/README.md).
  @Test(arguments: ["cnn", "mlp"])
  func lossesDoNotDependOnRankCountAndSync(model: String) async throws {
    let data = try IDXFixture(trainingCount: 900, testCount: 60, height: 12, width: 10).write()
    var losses: [[Double]] = []
    var records: [RunRecord] = []
    let methods = ["allreduce", "node"]
    for (ranks, sync) in [1, 2, 3, 4, 7].flatMap({ ranks in methods.map { (ranks, $0) } }) {
      let results = data.path("results-\(ranks)-\(sync)")
      let run = try await Program.succeed(
        ranks: ranks,
        [
          "--data", data.path, "--model", model, "--optimizer", "sgd", "--steps", "50",
          "--log-interval", "1", "--threads", "1", "--results", results, "--sync", sync,
        ] + (model == "mlp" ? ["--hidden", "32,16"] : ["--learning-rate", "0.005"]))
      losses.append(Program.losses(run))
      records += try Program.records(in: results)
    }
    #expect(losses.allSatisfy { $0.count == 50 })
    for other in losses.dropFirst() {
      for (one, several) in zip(losses[0], other) {
        // Losses are printed with six decimals, so each is rounded by up to half of the last one.
        #expect(abs(one - several) <= 1e-5 * one + 1e-6)
      }
    }
    #expect(Set(records.map(\.workHash)).count == 1)
    #expect(records.allSatisfy { $0.result.replicasEqual })
    #expect(records.map(\.config.sync) == (0..<10).map { methods[$0 % 2] })
  }

  /// Winograd's method and im2col give the same losses, except for the rounding of 50 steps.
  ///
  /// The learning rate is so small that losses are not chaotic.
  @Test func curvesDoNotDependOnTheConvolutionMethod() async throws {
    let data = try IDXFixture(trainingCount: 900, testCount: 60, height: 14, width: 12).write()
    var losses: [[Double]] = []
    for method in ["winograd", "im2col"] {
      let results = data.path("results-\(method)")
      let run = try await Program.succeed(
        ranks: nil,
        [
          "--data", data.path, "--optimizer", "sgd", "--learning-rate", "0.005", "--steps", "50",
          "--log-interval", "1", "--threads", "1", "--convolution", method, "--results", results,
        ])
      losses.append(Program.losses(run))
      #expect(try Program.records(in: results).first?.config.convolution == method)
    }
    #expect(losses.allSatisfy { $0.count == 50 })
    for (winograd, im2col) in zip(losses[0], losses[1]) {
      #expect(abs(winograd - im2col) <= 2e-5 * im2col + 1e-6)
    }
  }

  @Test func theSmallerLastBatchIsTrained() async throws {
    let data = try IDXFixture(trainingCount: 130, testCount: 20, height: 8, width: 8).write()
    let results = data.path("results")
    _ = try await Program.succeed(
      ranks: 3, ["--data", data.path, "--model", "mlp", "--hidden", "8", "--results", results])
    let record = try #require(try Program.records(in: results).first)
    #expect(record.result.steps == 6 && record.result.samplesSeen == 260)
  }

  @Test func aBatchMayBeSmallerThanTheRankCount() async throws {
    let data = try IDXFixture(trainingCount: 40, testCount: 10, height: 8, width: 8).write()
    let results = data.path("results")
    _ = try await Program.succeed(
      ranks: 4,
      [
        "--data", data.path, "--model", "mlp", "--hidden", "8", "--batch-size", "2", "--epochs",
        "1",
        "--results", results,
      ])
    let record = try #require(try Program.records(in: results).first)
    #expect(record.result.samplesSeen == 40 && record.result.replicasEqual)
  }

  /// The values of a recipe are defaults that other options override.
  @Test func aRecipeIsASetOfDefaults() async throws {
    let data = try IDXFixture(trainingCount: 300, testCount: 20, height: 28, width: 28).write()
    let results = data.path("results")
    let run = ["--data", data.path, "--recipe", "fast", "--results", results]
    _ = try await Program.succeed(ranks: 1, run + ["--steps", "3"])
    _ = try await Program.succeed(
      ranks: 2, run + ["--epochs", "1", "--learning-rate", "0.002", "--model", "mlp"])
    let records = try Program.records(in: results)
    let plain = try #require(records.first).work
    #expect(
      plain.model == "conv3x3:16,relu,maxpool2,conv3x3:64,relu,maxpool2,fc:128,relu,fc:10"
        && plain.globalBatch == 64 && plain.steps == 3)
    #expect(plain.optimizer.learningRate == 0.008 && plain.optimizer.schedule == "one-cycle")
    let changed = try #require(records.last).work
    #expect(changed.steps == nil && changed.epochs == 1 && changed.optimizer.learningRate == 0.002)
    #expect(changed.model.hasPrefix("fc:512") && changed.optimizer.schedule == "one-cycle")
  }

  @Test func weakScalingIsRecorded() async throws {
    let data = try IDXFixture(trainingCount: 240, testCount: 20, height: 8, width: 8).write()
    let results = data.path("results")
    for ranks in [1, 2] {
      _ = try await Program.succeed(
        ranks: ranks,
        [
          "--data", data.path, "--model", "mlp", "--hidden", "8", "--batch-size-per-rank", "20",
          "--epochs", "1", "--threads", "1", "--results", results,
        ])
    }
    let records = try Program.records(in: results)
    #expect(records.map(\.config.scaling) == [.weak, .weak])
    #expect(records.map(\.config.globalBatch) == [20, 40])
    #expect(records.map(\.result.steps) == [12, 6])
    #expect(Set(records.map(\.workHash)).count == 1)
  }

  @Test func syntheticDataIsReported() async throws {
    let directory = try TemporaryDirectory()
    let results = directory.path("results")
    let run = try await Program.succeed(
      ranks: 2,
      [
        "--data", "synthetic", "--limit", "640", "--model", "mlp", "--hidden", "64", "--epochs",
        "4",
        "--threads", "1", "--results", results,
      ])
    #expect(run.stdout.contains("synthetic"))
    let record = try #require(try Program.records(in: results).first)
    #expect(record.config.syntheticData)
    #expect(record.result.testAccuracy > 0.9)
    let compare = try await Program.succeed(ranks: nil, ["compare", results])
    #expect(compare.stdout.contains("synthetic"))
  }

  @Test func trainingStopsAtTheTargetAccuracy() async throws {
    let data = try IDXFixture(trainingCount: 400, testCount: 100, height: 10, width: 10).write()
    let results = data.path("results")
    _ = try await Program.succeed(
      ranks: 2,
      [
        "--data", data.path, "--model", "mlp", "--hidden", "32", "--epochs", "50",
        "--target-accuracy", "0.5", "--results", results,
      ])
    let record = try #require(try Program.records(in: results).first)
    #expect(record.result.stoppedBy == .targetAccuracy)
    #expect(record.result.testAccuracy >= 0.5 && record.epochs.count < 50)
    #expect(record.epochs.dropLast().allSatisfy { $0.testAccuracy < 0.5 })
  }

  @Test func quietPrintsNothing() async throws {
    let data = try IDXFixture(trainingCount: 100, testCount: 20, height: 8, width: 8).write()
    let run = try await Program.succeed(
      ranks: 2,
      [
        "--data", data.path, "--model", "mlp", "--hidden", "8", "--quiet", "--results",
        data.path("results"),
      ])
    #expect(run.stdout == "")
    #expect(try Program.records(in: data.path("results")).count == 1)
  }

  @Test func aBarIsDrawnIfItIsRequested() async throws {
    let data = try IDXFixture(trainingCount: 300, testCount: 20, height: 8, width: 8).write()
    let run = try await Program.succeed(
      ranks: 2,
      [
        "--data", data.path, "--model", "mlp", "--hidden", "8", "--progress", "on", "--results",
        data.path("results"),
      ])
    #expect(run.stdout.contains("\r[") && run.stdout.contains("images/s"))
  }
}
