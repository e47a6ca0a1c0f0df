import Foundation
import HostInspection
import RunRecords
import TestSupport
import Testing

/// Tests of warnings before the training, and of the load by other programs in the record.
@Suite struct WarningTests {
  private static let cores = HostFacts.permittedCores()

  private static func run(
    ranks: Int, _ arguments: [String], prefix: [String] = [], images: Int = 100
  ) async throws -> (result: ProcessResult, record: RunRecord) {
    let data = try IDXFixture(trainingCount: images, testCount: 20, height: 28, width: 28).write()
    let result = try await Program.run(
      ranks: ranks,
      ["--data", data.path, "--threads", "1", "--results", data.path("results")] + arguments,
      prefix: prefix)
    try #require(result.exitCode == 0 && !result.timedOut, "\(result.report)")
    return (result, try #require(try Program.records(in: data.path("results")).first))
  }

  private static let quick = ["--model", "mlp", "--hidden", "8", "--epochs", "1"]

  @Test(arguments: [1, 2])
  func noWarningWithoutAProblem(ranks: Int) async throws {
    let (result, _) = try await Self.run(ranks: ranks, Self.quick)
    #expect(result.stderr == "")
  }

  /// The warning is printed also with --quiet.
  @Test(arguments: [[], ["--quiet"]])
  func tooManyRanksGiveOneWarning(quiet: [String]) async throws {
    let ranks = Self.cores.count + 1
    let (result, _) = try await Self.run(ranks: ranks, Self.quick + quiet)
    let lines = result.warningLines(of: "mnist-mpi")
    #expect(lines.count == 1 && result.errorLines(of: "mnist-mpi").isEmpty, "\(result.report)")
    let line = try #require(lines.first)
    #expect(line.hasPrefix("mnist-mpi: warning: oversubscription: "))
    #expect(line.contains("; fix: mpirun -np \(Self.cores.count) "))
  }

  @Test func ranksOnOneCoreGiveOneWarning() async throws {
    let core = try #require(Self.cores.first)
    let (result, _) = try await Self.run(
      ranks: 2, Self.quick, prefix: ["taskset", "-c", "\(core)"])
    let lines = result.warningLines(of: "mnist-mpi")
    #expect(lines.count == 1)
    #expect(lines.first?.hasPrefix("mnist-mpi: warning: shared cores: ") == true)
  }

  @Test func loadByOthersIsInTheRecord() async throws {
    let core = try #require(Self.cores.first)
    let (_, record) = try await Self.run(
      ranks: 1, ["--epochs", "3"],
      prefix: Spinner.prefix(core: core) + ["taskset", "-c", "\(core)"], images: 1000)
    let loads = try #require(record.loads)
    #expect(loads.map(\.node) == [0] && loads.map(\.host) == record.machine.hosts)
    // The spinner and the run share the core, and other tests may use it too. The share of the run
    // itself is not counted.
    #expect(loads[0].othersShare > 0.3 && loads[0].othersShare < 1)
  }

  /// A run of less than half a second is too short to be measured in ticks of the system's clock.
  @Test func theRecordOfAShortRunHasNoLoad() async throws {
    let (_, record) = try await Self.run(ranks: 2, Self.quick)
    // On a busy machine this run may take longer and have a load.
    let seconds = record.ranks.map { $0.trainingSeconds + $0.phases.evaluate }.max() ?? 0
    if seconds < 0.3 { #expect(record.loads == nil) }
  }

  @Test func theWorkingSetIsCounted() async throws {
    let (_, record) = try await Self.run(ranks: 2, Self.quick + ["--sync", "node"])
    let parameters = 784 * 8 + 8 + 8 * 10 + 10
    #expect(record.work.parameters == parameters)
    // A sample has 784 inputs, 8 values before and after the ReLU, and 10 outputs. A rank has at
    // most 32 samples of a batch of 64.
    for rank in record.ranks {
      let state = try #require(rank.optimizerStateBytes)
      #expect(state > 0 && state < 8 * parameters)
      #expect(rank.workingSetBytes == 4 * (2 * parameters + 32 * (784 + 8 + 8 + 10)) + state)
    }
    #expect(record.machine.l2CacheBytes == HostFacts.cacheBytes(level: 2))
    #expect(record.machine.l3CacheBytes == HostFacts.cacheBytes(level: 3))
  }
}
