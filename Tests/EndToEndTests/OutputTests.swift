import Foundation
import Hashing
import RunRecords
import ScalingComparison
import TestSupport
import Testing

/// Tests of help, comparisons, saved weights, start-up time and memory.
@Suite struct OutputTests {
  @Test(arguments: [
    ["--help"], ["train", "--help"], ["--version"], ["compare", "--help"], ["bench", "--help"],
    ["doctor", "--help"], ["study", "--help"], ["report", "--help"],
  ])
  func helpIsPrintedOnce(arguments: [String]) async throws {
    let alone = try await Program.succeed(ranks: nil, arguments)
    #expect(!alone.stdout.isEmpty && alone.stderr.isEmpty)
    let several = try await Program.succeed(ranks: 3, arguments)
    #expect(several.stdout == alone.stdout)
  }

  @Test func helpExplainsTheBatch() async throws {
    let help = try await Program.succeed(ranks: nil, ["train", "--help"]).stdout
    for word in [
      "--batch-size", "Global batch", "mpirun -np 2 mnist-mpi", "strong scaling", "--trace-steps",
    ] {
      #expect(help.contains(word))
    }
  }

  /// A run on two ranks prints the comparison with one rank; `compare` has it in every format.
  @Test func twoRanksAreComparedWithOne() async throws {
    let data = try IDXFixture(trainingCount: 400, testCount: 100, height: 10, width: 10).write()
    let results = data.path("results")
    let arguments = [
      "--data", data.path, "--model", "mlp", "--hidden", "32", "--threads", "1", "--results",
      results,
    ]
    let early = try await Program.succeed(ranks: 2, arguments)
    #expect(early.stdout.contains("mpirun -np 1"), "no hint how to make the baseline")
    _ = try await Program.succeed(ranks: 1, arguments)
    let later = try await Program.succeed(ranks: 2, arguments)
    for aspect in [
      "hardware used", "speedup", "parallel efficiency", "memory per rank", "best use",
    ] {
      #expect(later.stdout.contains(aspect))
    }
    let records = try Program.records(in: results)
    #expect(records.map(\.run.ranks) == [1, 2, 2])
    for format in ComparisonFormat.allCases {
      let compare = try await Program.succeed(
        ranks: nil, ["compare", results, "--format", format.rawValue])
      #expect(compare.stderr == "" && compare.stdout.contains("efficiency"))
    }
    let json = try await Program.succeed(ranks: nil, ["compare", results, "--format", "json"])
    let comparison = try JSONDecoder().decode(Comparison.self, from: Data(json.stdout.utf8))
    // The speedup follows from the medians of one or two records on either side. There is none if
    // other tests used the cores meanwhile; a note then reports that.
    let rows = try #require(comparison.groups.first?.rows.filter { $0.ranks == 2 })
    for row in rows {
      guard let speedup = row.speedup else {
        #expect(row.notes.contains { $0.contains("not a measurement: other programs used ") })
        continue
      }
      let times = records.filter { row.runIDs.contains($0.run.id) }.map(\.result.trainingSeconds)
      let expected = records[0].result.trainingSeconds * Double(times.count) / times.reduce(0, +)
      #expect(abs(speedup - expected) < 1e-9 * expected)
    }
    #expect(rows.flatMap(\.runIDs).count == 2)
  }

  /// A run with more threads than cores is not a valid measurement, and the reason is printed.
  ///
  /// Another number of threads per rank requires another baseline.
  @Test func theReasonIsPrintedIfARowDoesNotCount() async throws {
    let data = try IDXFixture(trainingCount: 400, testCount: 100, height: 10, width: 10).write()
    let results = data.path("results")
    let work = ["--data", data.path, "--model", "mlp", "--hidden", "32", "--results", results]
    let threads = ProcessInfo.processInfo.activeProcessorCount
    _ = try await Program.succeed(ranks: 1, work + ["--threads", "1"])
    let oversubscribed = try await Program.succeed(ranks: 2, work + ["--threads", "\(threads)"])
    let words = oversubscribed.stdout.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("not given (see same work)"))
    #expect(
      words.contains(
        "not a measurement: 2 ranks with \(2 * threads) threads on "
          + "\(threads) core\(threads == 1 ? "" : "s") of "), "\(oversubscribed.stdout)")
    let compare = try await Program.succeed(ranks: nil, ["compare", results])
    #expect(compare.stdout.contains("not a measurement: 2 ranks with \(2 * threads) threads on "))
    #expect(compare.stdout.contains("! does not count: see the notes"))
    if threads > 1 {
      #expect(compare.stdout.contains("threads per rank: \(threads) against 1"))
    }
  }

  @Test func compareReadsTheDirectoryOfResults() async throws {
    let data = try IDXFixture(trainingCount: 60, testCount: 20, height: 8, width: 8).write()
    let results = data.path("results")
    _ = try await Program.succeed(
      ranks: nil,
      [
        "--data", data.path, "--model", "mlp", "--hidden", "8", "--batch-size", "20", "--steps",
        "1", "--threads", "1", "--results", results,
      ])
    let argument = try await Program.succeed(ranks: nil, ["compare", results])
    let option = try await Program.succeed(ranks: nil, ["compare", "--results", results])
    #expect(!argument.stdout.isEmpty && option.stdout == argument.stdout)
    #expect(argument.stderr.isEmpty && option.stderr.isEmpty)
  }

  @Test func compareWithoutRecordsPrintsHowToMakeOne() async throws {
    let directory = try TemporaryDirectory()
    let result = try await Program.run(ranks: nil, ["compare", directory.path])
    #expect(result.exitCode != 0)
    #expect(result.errorLines(of: "mnist-mpi").count == 1, "\(result.report)")
    #expect(result.stderr.contains("mpirun -np 1 mnist-mpi"))
    let missing = try await Program.run(ranks: nil, ["compare", directory.path("none.json")])
    #expect(missing.exitCode != 0 && missing.stderr.contains("none.json"))
  }

  /// The saved file has PyTorch's names and shapes, and the weights of the record's hash.
  @Test func savedWeightsAreTheTrainedOnes() async throws {
    let data = try IDXFixture(trainingCount: 128, testCount: 20, height: 9, width: 8).write()
    let arguments = [
      "--data", data.path, "--epochs", "1", "--threads", "1", "--results", data.path("results"),
      "--save", data.path("weights.safetensors"), "--json", data.path("record.json"),
    ]
    _ = try await Program.succeed(ranks: 2, arguments)
    let file = try SafetensorsFile(path: data.path("weights.safetensors"))
    #expect(file.shape("conv1.weight") == [32, 1, 3, 3])
    #expect(file.shape("conv2.weight") == [64, 32, 3, 3])
    #expect(file.shape("fc1.weight") == [128, 64 * 2 * 2])
    #expect(file.shape("fc2.bias") == [10])
    let record = try #require(try RecordStore.load(files: [data.path("record.json")]).first).record
    #expect(try Program.records(in: data.path("results")) == [record])
    let bytes = try Data(contentsOf: URL(fileURLWithPath: data.path("weights.safetensors")))
    let header = bytes.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
    #expect(SHA256.hex(of: Array(bytes.dropFirst(8 + header))) == record.result.weightsSHA256)
  }

  /// The time from the start of mpirun to the first step, and the memory of a rank, with MNIST.
  @Test func startAndMemoryOfTwoRanks() async throws {
    let directory = try TemporaryDirectory()
    let arguments = [
      "--data", try Repository.mnist(), "--steps", "1", "--threads", "1", "--results",
      directory.path("results"),
    ]
    var quickest = Double.infinity
    // The fastest of up to eight runs, because other tests run at the same time.
    for _ in 0..<8 where quickest >= 1.5 {
      let run = try await Program.succeed(ranks: 2, arguments)
      quickest = min(quickest, try #require(run.secondsUntil(line: "Train Epoch: 1 [0/60000]")))
    }
    #expect(quickest < 1.5)
    for record in try Program.records(in: directory.path("results")) {
      for rank in record.ranks { #expect(rank.peakMemoryBytes < 250_000_000) }
    }
  }
}
