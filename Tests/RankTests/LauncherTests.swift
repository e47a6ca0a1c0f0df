import Foundation
import TestSupport
import Testing

/// The test launcher itself: a program that hangs is ended, and no process or file remains.
@Suite struct LauncherTests {
  @Test(arguments: [nil, 3])
  func aHangIsKilledWithAllItsRanks(ranks: Int?) async throws {
    let mark = "hang-\(UUID().uuidString)"
    let result = try await MPIRun.run(
      "rank-checks", ranks: ranks, arguments: ["--death", "hang"],
      environment: ["RANK_CHECKS_MARK": mark], timeout: 3)
    #expect(result.timedOut, "\(result.report)")
    // It ended on SIGTERM, on which mpirun cleans up, and not on the SIGKILL that would follow.
    #expect(result.exitCode != 0 && result.exitCode != 128 + SIGKILL, "\(result.report)")
    #expect(processes(marked: mark) == [])
  }

  @Test func muchOutputDoesNotBlock() async throws {
    let result = try await MPIRun.run(
      "rank-checks", ranks: 2, arguments: ["--death", "talk"], timeout: 30)
    #expect(result.exitCode == 0 && !result.timedOut)
    #expect(result.stdout.utf8.count == 2048 * 1024)
    #expect(result.stderr.utf8.count == 2048 * 1024)
  }

  @Test func moreRanksThanCores() async throws {
    let result = try await MPIRun.run("rank-checks", ranks: 9, arguments: ["world"])
    #expect(result.exitCode == 0, "\(result.report)")
  }

  @Test func itRunsInTheDirectory() async throws {
    let directory = try TemporaryDirectory()
    let result = try await MPIRun.run(
      "rank-checks", ranks: 1, arguments: ["world"], directory: directory.path)
    #expect(result.exitCode == 0, "\(result.report)")
    let missing = directory.path("missing")
    await #expect(throws: LaunchError.self) {
      try await MPIRun.run("rank-checks", ranks: nil, arguments: ["--list"], directory: missing)
    }
  }

  @Test func anUnknownExecutableIsAnError() async throws {
    await #expect(throws: LaunchError.self) {
      try await MPIRun.run("no-such-program", ranks: nil)
    }
  }

  /// Returns the processes that have `mark` in their environment.
  private func processes(marked mark: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.filter { name in
      guard let environment = FileManager.default.contents(atPath: "/proc/\(name)/environ") else {
        return false
      }
      return environment.range(of: Data(mark.utf8)) != nil
    }
  }
}
