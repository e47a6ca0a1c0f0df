import TestSupport
import Testing

/// Behaviour that only several ranks can show: each check of `rank-checks` under mpirun.
@Suite struct RankTests {
  @Test(arguments: try await CheckList.names(), [1, 2, 3, 4])
  func holds(check: String, ranks: Int) async throws {
    let result = try await MPIRun.run("rank-checks", ranks: ranks, arguments: [check])
    #expect(
      result.exitCode == 0 && !result.timedOut, "\(check) on \(ranks) ranks: \(result.report)")
  }

  @Test func thereAreChecks() async throws {
    #expect(try await CheckList.names().count >= 9)
  }

  @Test func unknownCheckFails() async throws {
    let result = try await MPIRun.run("rank-checks", ranks: nil, arguments: ["no-such-check"])
    #expect(result.exitCode == 64)
    #expect(result.errorLines(of: "rank-checks").count == 1)
  }
}

/// The names of the checks, as `rank-checks --list` prints them.
enum CheckList {
  static func names() async throws -> [String] {
    let result = try await MPIRun.run("rank-checks", ranks: nil, arguments: ["--list"])
    return result.stdout.split(separator: "\n").map(String.init)
  }
}
