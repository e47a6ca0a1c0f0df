import Foundation
import TestSupport
import Testing

/// Tests of errors that must end a run at once, with one line, a non-zero exit code and no record.
@Suite struct ErrorTests {
  static let small = IDXFixture(trainingCount: 60, testCount: 20, height: 8, width: 8)

  /// A change that makes a valid data directory invalid, and a part of the expected error.
  struct InvalidData: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let expected: String
    var gzip = false
    var changing: [String: @Sendable ([UInt8]) -> [UInt8]] = [:]
    var after: @Sendable (TemporaryDirectory) throws -> Void = { _ in }
  }

  private static let images = "train-images-idx3-ubyte"
  private static let labels = "train-labels-idx1-ubyte"
  private static let testImages = "t10k-images-idx3-ubyte"
  private static let testLabels = "t10k-labels-idx1-ubyte"

  static let invalidData: [InvalidData] = [
    InvalidData(
      testDescription: "a file is missing", expected: testLabels,
      after: { try FileManager.default.removeItem(atPath: $0.path(testLabels)) }),
    InvalidData(
      testDescription: "truncated images", expected: images,
      changing: [images: { Array($0.dropLast(100)) }]),
    InvalidData(
      testDescription: "truncated gzip", expected: "\(images).gz", gzip: true,
      after: { directory in
        let path = directory.path("\(images).gz")
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        try data.prefix(data.count / 2).write(to: URL(fileURLWithPath: path))
      }),
    InvalidData(
      testDescription: "gzip longer than its header states", expected: "\(images).gz", gzip: true,
      changing: [images: { $0 + [1, 2, 3] }]),
    InvalidData(
      testDescription: "wrong magic", expected: "\(labels): is no IDX file",
      changing: [labels: { [9] + $0.dropFirst() }]),
    InvalidData(
      testDescription: "label count", expected: "59 labels for the 60 images",
      changing: [labels: { _ in IDXFixture.idx([59], (0..<59).map { UInt8($0 % 10) }) }]),
    InvalidData(
      testDescription: "labels that are not in the training set", expected: testLabels,
      changing: [testLabels: { _ in IDXFixture.idx([20], [UInt8](repeating: 11, count: 20)) }]),
    InvalidData(
      testDescription: "zero images", expected: "no images",
      changing: [
        images: { _ in IDXFixture.idx([0, 8, 8], []) }, labels: { _ in IDXFixture.idx([0], []) },
      ]),
    InvalidData(
      testDescription: "gigantic dimensions", expected: images,
      changing: [
        images: { [0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 9] + $0 }
      ]),
    InvalidData(
      testDescription: "many images promised", expected: images,
      changing: [images: { [0, 0, 8, 3, 127, 0, 0, 0] + $0.dropFirst(8) }]),
    InvalidData(
      testDescription: "other image size in the test set", expected: "4 x 16",
      changing: [
        testImages: { IDXFixture.idx([20, 4, 16], Array($0.dropFirst(16))) }
      ]),
    InvalidData(
      testDescription: "a directory in place of a file", expected: "is a directory",
      after: { directory in
        try FileManager.default.removeItem(atPath: directory.path(images))
        try FileManager.default.createDirectory(
          atPath: directory.path(images), withIntermediateDirectories: false)
      }),
  ]

  @Test(arguments: invalidData, [1, 3])
  func badData(invalid: InvalidData, ranks: Int) async throws {
    let data = try Self.small.write(gzip: invalid.gzip, changing: invalid.changing)
    try invalid.after(data)
    try await expectOneLine(
      ranks: ranks, ["--data", data.path], naming: [data.path, invalid.expected], in: data)
  }

  /// Invalid options, and words of the expected error.
  static let invalidOptions: [([String], [String])] = [
    (["--data", "/no/such/place"], ["/no/such/place", "jobs/get-mnist.sh"]),
    (["--batch-size", "0"], ["--batch-size 0", "expected"]),
    (["--batch-size", "-64"], ["--batch-size -64", "expected"]),
    (["--batch-size", "100000000000000000"], ["--batch-size 100000000000000000", "expected"]),
    (["--batch-size", "61"], ["--batch-size 61", "60 training images"]),
    (["--batch-size", "many"], ["'many'", "--batch-size"]),
    (
      ["--batch-size", "8", "--batch-size-per-rank", "4"],
      ["--batch-size", "--batch-size-per-rank", "exclude"]
    ),
    (["--epochs", "2", "--steps", "9"], ["--epochs", "--steps", "exclude"]),
    (["--hidden", "20"], ["--hidden", "--model mlp"]),
    (["--recipe", "slow"], ["--recipe", "fast"]),
    (["--recipe", "fast", "--optimizer", "sgd"], ["--recipe", "--optimizer sgd"]),
    (["--model", "mlp", "--hidden", "20,,3"], ["--hidden 20,,3"]),
    (["--momentum", "0.9"], ["--momentum", "--optimizer sgd"]),
    (["--learning-rate", "nan"], ["--learning-rate nan", "finite"]),
    (["--learning-rate", "inf"], ["--learning-rate inf", "finite"]),
    (["--learning-rate=-0.1"], ["--learning-rate -0.1"]),
    (["--threads", "0"], ["--threads 0"]),
    (["--steps", "0"], ["--steps 0"]),
    (["--device", "cuda"], ["--device cuda", "not available"]),
    (["--unheard-of"], ["--unheard-of"]),
    (["--virtual-shards", "0"], ["--virtual-shards 0"]),
    (["--quiet", "--progress", "on"], ["--quiet", "--progress on"]),
    (["--trace-steps", "2..3"], ["--trace-steps 2..3", "--trace"]),
    (["--trace", "t", "--trace-steps", "40..20"], ["'40..20'", "--trace-steps"]),
    (["--trace", "t", "--trace-steps", "0..3"], ["'0..3'", "--trace-steps"]),
    (["--trace", "t", "--trace-steps", "a..b"], ["'a..b'", "--trace-steps"]),
    (["--trace", "t", "--trace-steps", "1..2..3"], ["'1..2..3'", "--trace-steps"]),
    (["--trace", "t", "--trace-steps", "-1"], ["'-1'", "--trace-steps"]),
    (["--trace", "t", "--trace-steps", "3.."], ["'3..'", "--trace-steps"]),
    (
      ["--trace", "t", "--trace-steps", "2..9", "--steps", "8", "--batch-size", "20"],
      ["--trace-steps 2..9", "the run has 8 steps", "from 1 to 8"]
    ),
    (
      ["--trace", "t", "--trace-steps", "5", "--batch-size", "30"],
      ["--trace-steps 5", "the run has 4 steps"]
    ),
    (["--trace", ""], ["--trace \"\"", "expected a path"]),
  ]

  @Test(arguments: invalidOptions, [1, 3])
  func badOptions(_ bad: (arguments: [String], named: [String]), ranks: Int) async throws {
    let data = try Self.small.write()
    let arguments = bad.arguments.contains("--data") ? [] : ["--data", data.path]
    try await expectOneLine(ranks: ranks, arguments + bad.arguments, naming: bad.named, in: data)
  }

  @Test func moreRanksThanSamples() async throws {
    let data = try IDXFixture(
      trainingCount: 2, testCount: 2, height: 8, width: 8, classes: 2
    ).write()
    try await expectOneLine(
      ranks: 3, ["--data", data.path, "--batch-size", "1"],
      naming: ["2 training images", "3 ranks"], in: data)
  }

  @Test func moreRanksThanVirtualShards() async throws {
    let data = try Self.small.write()
    try await expectOneLine(
      ranks: 3, ["--data", data.path, "--virtual-shards", "2"],
      naming: ["--virtual-shards 2", "3 ranks"], in: data)
  }

  @Test(arguments: [1, 3])
  func aResultsDirectoryThatCannotBeMade(ranks: Int) async throws {
    let data = try Self.small.write()
    let file = try data.write([1], to: "file")
    let result = try await Program.run(
      ranks: ranks, ["--data", "/no/such/place", "--results", "\(file)/results"])
    // The directory is checked before the data, which does not exist.
    expectRefusal(result, naming: ["\(file)/results"])
  }

  @Test(arguments: [1, 3], ["--save", "--json", "--trace"])
  func anOutputThatCannotBeWritten(ranks: Int, option: String) async throws {
    let data = try Self.small.write()
    let file = try data.write([1], to: "file")
    try await expectOneLine(
      ranks: ranks, ["--data", data.path, option, "\(file)/output"],
      naming: [option, "\(file)/output"], in: data)
    try await expectOneLine(
      ranks: ranks, ["--data", data.path, option, data.path], naming: [option, "is a directory"],
      in: data)
  }

  /// Values beyond the range of single precision give an infinite loss by the second step.
  @Test(arguments: [1, 3])
  func aLossThatIsNotFiniteNamesItsStep(ranks: Int) async throws {
    let data = try Self.small.write()
    try await expectOneLine(
      ranks: ranks,
      [
        "--data", data.path, "--model", "mlp", "--optimizer", "sgd", "--learning-rate", "1e38",
        "--batch-size", "10",
      ], naming: ["step ", "not finite", "--learning-rate"], in: data)
  }

  /// Three processes of a launcher that this MPI library does not support: each would train alone.
  @Test func aForeignLauncher() async throws {
    let directory = try TemporaryDirectory()
    let result = try await Program.run(
      ranks: nil, ["--data", "synthetic", "--results", directory.path("results")],
      environment: ["SLURM_STEP_NUM_TASKS": "3", "SLURM_PROCID": "0"])
    expectRefusal(result, naming: ["3 processes", "srun --mpi=pmix"])
    #expect(!FileManager.default.fileExists(atPath: directory.path("results")))
    let allocation = try IDXFixture(trainingCount: 60, testCount: 20, height: 8, width: 8).write()
    _ = try await Program.succeed(
      ranks: nil,
      [
        "--data", allocation.path, "--model", "mlp", "--batch-size", "20", "--results",
        allocation.path("results"),
      ],
      environment: ["SLURM_NTASKS": "4", "SLURM_PROCID": "0"])
  }

  @Test func aFileThatIsNoRecordIsNamedAndSkipped() async throws {
    let data = try Self.small.write()
    let results = data.path("results")
    let arguments = [
      "--data", data.path, "--model", "mlp", "--batch-size", "20", "--results", results,
    ]
    _ = try await Program.succeed(ranks: 1, arguments + ["--threads", "1"])
    try data.write(Array("no json".utf8), to: "results/note.json")
    let run = try await Program.succeed(ranks: 2, arguments + ["--threads", "1"])
    #expect(run.errorLines(of: "mnist-mpi").count == 1, "\(run.report)")
    #expect(run.stderr.contains("note.json"))
    #expect(run.stdout.contains("single device"))
  }

  private func expectOneLine(
    ranks: Int, _ arguments: [String], naming words: [String], in directory: TemporaryDirectory
  ) async throws {
    let results = directory.path("no-results")
    let result = try await Program.run(
      ranks: ranks, arguments + ["--results", results], timeout: 30)
    expectRefusal(result, naming: words)
    let left = (try? FileManager.default.contentsOfDirectory(atPath: results)) ?? []
    #expect(left.isEmpty, "a record was left: \(left)")
  }

  private func expectRefusal(_ result: ProcessResult, naming words: [String]) {
    #expect(result.exitCode != 0 && !result.timedOut, "\(result.report)")
    let lines = result.errorLines(of: "mnist-mpi")
    #expect(lines.count == 1, "\(result.report)")
    for word in words { #expect(lines.first?.contains(word) == true, "\(word): \(lines)") }
    #expect(!result.stdout.contains("Train Epoch: 2"))
  }
}
