import TestSupport
import Testing

/// An error on one rank ends all ranks at once, with one line that names the error and the rank.
@Suite struct DeathTests {
  @Test(arguments: [1, 2, 4])
  func aRankThatThrowsEndsAll(ranks: Int) async throws {
    let result = try await death("last-rank-throws", ranks: ranks)
    #expect(result.exitCode == 70, "\(result.report)")
    try expectLine(result, "rank-checks: rank \(ranks - 1) of \(ranks) on ", ": the disk is full")
  }

  @Test func outputBeforeAnAbortIsNotLost() async throws {
    let result = try await death("last-rank-throws", ranks: 2)
    #expect(result.stdout.contains("before the error\n"), "\(result.report)")
  }

  @Test func aRankThatThrowsWithoutMpirun() async throws {
    let result = try await death("last-rank-throws", ranks: nil)
    #expect(result.exitCode == 70, "\(result.report)")
    try expectLine(result, "rank-checks: rank 0 of 1 on ", ": the disk is full")
  }

  @Test func anMPIErrorEndsAll() async throws {
    let result = try await death("mpi-error", ranks: 3)
    #expect(result.exitCode == 70, "\(result.report)")
    try expectLine(result, "rank-checks: rank 0 of 3 on ", ": MPI_Send failed: ")
  }

  @Test func aCheckThatFailsOnOneRankFails() async throws {
    let result = try await death("ranks-disagree", ranks: 3)
    #expect(result.exitCode == 1, "\(result.report)")
    try expectLine(
      result, "rank-checks: ranks-disagree: rank 2 of 3: ", "this rank is the last one")
  }

  /// Runs a scenario and expects that it ends before the launcher's time limit.
  private func death(_ name: String, ranks: Int?) async throws -> ProcessResult {
    let result = try await MPIRun.run("rank-checks", ranks: ranks, arguments: ["--death", name])
    #expect(!result.timedOut, "\(result.report)")
    return result
  }

  private func expectLine(_ result: ProcessResult, _ start: String, _ rest: String) throws {
    let lines = result.errorLines(of: "rank-checks")
    #expect(lines.count == 1, "\(result.report)")
    let line = try #require(lines.first)
    #expect(line.hasPrefix(start) && line.contains(rest), "\(line)")
  }
}
