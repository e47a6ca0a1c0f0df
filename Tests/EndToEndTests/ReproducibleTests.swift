import Foundation
import OpenBLASEngine
import RunRecords
import TestSupport
import Testing

/// Tests of the reproducible mode and of the certificate.
@Suite struct ReproducibleTests {
  private static let work = [
    "--model", "conv3x3:4,relu,maxpool2,fc:20,relu,fc:classes", "--batch-size", "30", "--epochs",
    "2",
  ]

  private static func data(_ change: (inout IDXFixture) -> Void = { _ in }) throws
    -> TemporaryDirectory
  {
    var fixture = IDXFixture(trainingCount: 200, testCount: 50, height: 12, width: 12)
    change(&fixture)
    return try fixture.write()
  }

  private static func record(
    _ data: TemporaryDirectory, ranks: Int, _ options: [String]
  ) async throws -> RunRecord {
    let file = data.path("record-\(UUID().uuidString).json")
    _ = try await Program.succeed(
      ranks: ranks,
      work + ["--data", data.path, "--results", data.path("results"), "--json", file] + options)
    return try #require(try RecordStore.load(files: [file]).first).record
  }

  /// Certificates do not depend on ranks, threads and exchange method; the first run is repeated.
  @Test func allHashesAreEqual() async throws {
    let data = try Self.data()
    var certificates: [Certificate] = []
    for (ranks, threads, sync) in [
      (1, 1, "allreduce"), (1, 1, "allreduce"), (1, 2, "allreduce"), (2, 1, "allreduce"),
      (3, 2, "allreduce"), (3, 1, "node"), (5, 1, "node"), (4, 1, "allreduce"),
    ] {
      let record = try await Self.record(
        data, ranks: ranks, ["--threads", "\(threads)", "--sync", sync, "--reproducible"])
      #expect(record.config.leaves == 8)
      let certificate = try #require(record.certificate)
      #expect(certificate.epochs.count == 2)
      #expect(certificate.epochs.last?.weightsSHA256 == record.result.weightsSHA256)
      certificates.append(certificate)
    }
    #expect(Set(certificates.map { "\($0)" }).count == 1)
  }

  @Test func colourImagesGiveTheSameBitsOnAnyNumberOfRanks() async throws {
    let grey = IDXFixture(trainingCount: 200, testCount: 50, height: 12, width: 36)
    let data = try TemporaryDirectory()
    for (index, (name, content)) in zip(IDXFixture.names, grey.contents).enumerated() {
      let colour = IDXFixture.idx([index == 0 ? 200 : 50, 12, 12, 3], Array(content.dropFirst(16)))
      try data.write(index % 2 == 0 ? colour : content, to: name)
    }
    var certificates: [Certificate] = []
    for (ranks, sync) in [(1, "allreduce"), (2, "node"), (3, "allreduce"), (4, "node")] {
      let record = try await Self.record(
        data, ranks: ranks, ["--threads", "1", "--sync", sync, "--reproducible"])
      #expect(record.work.imageChannels == 3)
      #expect(record.work.channelNormalisations?.count == 3)
      certificates.append(try #require(record.certificate))
    }
    #expect(Set(certificates.map { "\($0)" }).count == 1)
  }

  /// On a processor without bfloat16, all ranks say so and stop.
  @Test func bfloat16GivesTheSameBitsOnAnyNumberOfRanks() async throws {
    let data = try Self.data()
    let arguments = ["--model", "fc:48,relu,fc:32,relu,fc:classes", "--precision", "bfloat16"]
    guard OpenBLASEngine.supports(.bfloat16) else {
      let run = try await Program.run(ranks: 2, ["--data", data.path] + arguments)
      #expect(run.exitCode == 64 && run.errorLines(of: "mnist-mpi").count == 1, "\(run.report)")
      #expect(run.stderr.contains("AVX512_BF16"))
      return
    }
    var certificates: [Certificate] = []
    for (ranks, sync) in [(1, "allreduce"), (2, "node"), (3, "allreduce"), (4, "node")] {
      let record = try await Self.record(
        data, ranks: ranks, arguments + ["--threads", "1", "--sync", sync, "--reproducible"])
      #expect(record.work.precision == "bfloat16")
      certificates.append(try #require(record.certificate))
    }
    #expect(Set(certificates.map { "\($0)" }).count == 1)
  }

  /// The fast mode trains the same samples in the same order; weights differ in the last digits.
  @Test func theFastModeHasTheSameSamples() async throws {
    let data = try Self.data()
    let one = try #require(try await Self.record(data, ranks: 1, ["--threads", "1"]).certificate)
    let three = try await Self.record(data, ranks: 3, ["--threads", "1"])
    #expect(three.config.leaves == nil)
    let several = try #require(three.certificate)
    #expect(several.dataSHA256 == one.dataSHA256)
    #expect(several.initialWeightsSHA256 == one.initialWeightsSHA256)
    #expect(several.epochs.map(\.orderHash) == one.epochs.map(\.orderHash))
    #expect(several.epochs != one.epochs)
  }

  /// The hashes of the certificate show each change of the work, and in which part it is.
  @Test func everyChangeOfTheWorkIsDetected() async throws {
    let data = try Self.data()
    let mode = ["--threads", "1", "--reproducible"]
    let one = try #require(try await Self.record(data, ranks: 1, mode).certificate)

    let seed = try #require(
      try await Self.record(data, ranks: 1, mode + ["--seed", "2"]).certificate)
    #expect(seed.initialWeightsSHA256 != one.initialWeightsSHA256)
    #expect(seed.epochs[0].orderHash != one.epochs[0].orderHash)

    let swapped = try #require(
      try await Self.record(data, ranks: 1, mode + ["--swap-samples", "2:17"]).certificate)
    #expect(swapped.initialWeightsSHA256 == one.initialWeightsSHA256)
    #expect(swapped.epochs[0] == one.epochs[0])
    #expect(swapped.epochs[1].orderHash != one.epochs[1].orderHash)

    let path = data.path("train-images-idx3-ubyte")
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[16 + 150 * 144 + 70] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
    let changed = try #require(try await Self.record(data, ranks: 1, mode).certificate)
    #expect(changed.dataSHA256 != one.dataSHA256)
    #expect(changed.initialWeightsSHA256 == one.initialWeightsSHA256)
    #expect(changed.epochs[0].orderHash != one.epochs[0].orderHash)
  }

  @Test func theCutIsPrinted() async throws {
    let data = try Self.data()
    let run = try await Program.succeed(
      ranks: 3,
      Self.work + [
        "--data", data.path, "--results", data.path("results"), "--reproducible", "--threads", "3",
        "--leaves", "8",
      ])
    #expect(
      run.stdout.contains(
        "Mode: reproducible, 8 leaves, 3 on the busiest rank: imbalance 1.125 (most/mean), "
          + "1 idle worker\n"), "\(run.report)")
  }

  @Test(arguments: [
    (["--leaves", "4"], "--leaves belongs to --reproducible"),
    (["--reproducible", "--leaves", "0"], "--leaves 0: expected a number from 1 to 1024"),
    (["--reproducible", "--leaves", "2"], "--leaves 2: fewer than the 3 ranks"),
  ])
  func badOptions(options: [String], message: String) async throws {
    let data = try Self.data()
    let run = try await Program.run(
      ranks: 3,
      Self.work + ["--data", data.path, "--results", data.path("results")] + options)
    #expect(run.exitCode == 64, "\(run.report)")
    let lines = run.errorLines(of: "mnist-mpi")
    #expect(lines.count == 1 && lines.first?.contains(message) == true, "\(run.report)")
  }
}
