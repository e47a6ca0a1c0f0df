import Foundation
import RunRecords
import TestSupport
import Testing

/// Tests of `predict`, `--init` and `--shift` from outside.
@Suite struct PredictTests {
  private static let fixture = IDXFixture(trainingCount: 200, testCount: 70, height: 12, width: 12)
  private static let work = [
    "--model", "conv3x3:4,relu,maxpool2,fc:20,relu,fc:classes", "--batch-size", "20", "--threads",
    "1",
  ]

  /// Trains on `ranks` ranks and returns the run's record.
  private static func train(
    _ data: TemporaryDirectory, ranks: Int, _ options: [String]
  ) async throws -> RunRecord {
    let file = data.path("record-\(UUID().uuidString).json")
    _ = try await Program.succeed(
      ranks: ranks,
      work + ["--data", data.path, "--results", data.path("results"), "--json", file] + options)
    return try #require(try RecordStore.load(files: [file]).first).record
  }

  @Test func hasTheAccuracyOfTheTraining() async throws {
    // Labels from 1, in a set whose images are stored transposed.
    let directory = try TemporaryDirectory()
    for (index, (name, content)) in zip(IDXFixture.names, Self.fixture.contents).enumerated() {
      let labels = Array(content[..<8]) + content.dropFirst(8).map { $0 + 1 }
      try directory.write(index % 2 == 0 ? content : labels, to: "emnist-x-" + name)
    }
    let weights = directory.path("w.safetensors")
    for ranks in [1, 2] {
      let record = try await Self.train(
        directory, ranks: ranks, ["--steps", "12", "--save", weights])
      let accuracy = try #require(record.epochs.last?.testAccuracy)
      let predict = ["predict", "--weights", weights, "--data", directory.path]
      let text = try await Program.succeed(ranks: nil, predict).stdout
      let correct = Int((accuracy * 70).rounded())
      #expect(correct > 7, "the model has learned something")
      #expect(text.contains("Accuracy: \(correct)/70"), "\(text)")
      let csv = try await Program.succeed(ranks: nil, predict + ["--csv"]).stdout
      let rows = csv.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
      #expect(rows.count == 70 && rows.filter { $0[1] == $0[2] }.count == correct)
      // The original labels: the class of sample 200 + i is its number modulo 10, and labels begin at 1.
      #expect(rows.map { $0[1] } == (0..<70).map { "\((200 + $0) % 10 + 1)" })
    }
  }

  @Test func savedWeightsAreAStart() async throws {
    let data = try Self.fixture.write()
    let weights = data.path("w.safetensors")
    let first = try await Self.train(data, ranks: 1, ["--steps", "10", "--save", weights])
    let saved = try #require(first.certificate?.epochs.last?.weightsSHA256)
    let start = try await Self.train(data, ranks: 2, ["--init", weights, "--steps", "0"])
    #expect(start.epochs.map(\.testAccuracy) == first.epochs.map(\.testAccuracy))
    #expect(start.certificate?.initialWeightsSHA256 == saved)
    #expect(start.work.initialWeightsSHA256 == saved && first.work.initialWeightsSHA256 == nil)
    let more = try await Self.train(data, ranks: 1, ["--init", weights, "--steps", "1"])
    #expect(more.certificate?.initialWeightsSHA256 == saved)
    #expect(more.result.weightsSHA256 != saved)
    let traced = try await Program.run(
      ranks: nil,
      Self.work + [
        "--data", data.path, "--init", weights, "--steps", "0", "--trace", data.path("t.json"),
      ])
    #expect(traced.exitCode == 64 && traced.stderr.contains("nothing to trace"))
  }

  @Test func anotherModelIsNotAStart() async throws {
    let data = try Self.fixture.write()
    let weights = data.path("w.safetensors")
    _ = try await Self.train(data, ranks: 1, ["--steps", "1", "--save", weights])
    let run = try await Program.run(
      ranks: 2,
      [
        "--model", "conv3x3:4,relu,maxpool2,fc:21,relu,fc:classes", "--data", data.path, "--init",
        weights, "--steps", "1", "--results", data.path("results"),
      ])
    #expect(run.exitCode == 65)
    #expect(run.stderr.contains("--init \(weights): layer 4 is fc:20, not fc:21"), "\(run.stderr)")
  }

  @Test func shiftsGiveTheSameBitsOnAnyNumberOfRanks() async throws {
    let data = try Self.fixture.write()
    var certificates: [Certificate] = []
    for (ranks, sync) in [(1, "allreduce"), (2, "node"), (3, "allreduce"), (4, "node")] {
      let record = try await Self.train(
        data, ranks: ranks, ["--shift", "2", "--epochs", "2", "--sync", sync, "--reproducible"])
      #expect(record.work.shift == 2)
      certificates.append(try #require(record.certificate))
    }
    #expect(Set(certificates.map { "\($0)" }).count == 1)
    let without = try await Self.train(data, ranks: 1, ["--epochs", "2", "--reproducible"])
    #expect(certificates[0].epochs.last?.weightsSHA256 != without.result.weightsSHA256)
  }

  @Test func weightsForOtherImagesAreRefused() async throws {
    let data = try Self.fixture.write()
    let weights = data.path("w.safetensors")
    _ = try await Self.train(data, ranks: 1, ["--steps", "1", "--save", weights])
    let other = try IDXFixture(trainingCount: 20, testCount: 10, height: 8, width: 8).write()
    let run = try await Program.run(
      ranks: nil, ["predict", "--weights", weights, "--data", other.path])
    #expect(run.exitCode == 65)
    #expect(run.stderr.contains("has images of 8x8; the weights \(weights) are for 12x12"))
  }
}
