import Foundation
import TestSupport
import Testing

/// The launcher of the tests itself: a hang must end, and leave nothing behind.
@Suite struct LauncherTests {
  @Test(arguments: [nil, 3])
  func aHangIsKilledWithAllItsRanks(ranks: Int?) async throws {
    let mark = "hang-\(UUID().uuidString)"
    let result = try await MPIRun.run(
      "rank-checks", ranks: ranks, arguments: ["--death", "hang"],
      environment: ["RANK_CHECKS_MARK": mark], timeout: 3)
    #expect(result.timedOut, "\(result.report)")
    // It ended at SIGTERM, which lets mpirun clear up, and not only when it was killed after that.
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

  /// The processes whose environment holds `mark`.
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
