import TestSupport
import Testing

/// `jobs/get-data.sh` fetches data sets and refuses what is not official, checked on mirrors of this machine.
@Suite struct GetDataTests {
  /// A module of `Tests/GetData`, which has the tests in Python, as the program is.
  @Test(arguments: ["test_files", "test_archives", "test_scripts"])
  func fetchesAndChecks(module: String) async throws {
    let result = try await ScriptRun.run("Tests/GetData/run.sh", arguments: [module], timeout: 600)
    #expect(result.exitCode == 0 && !result.timedOut, "\(result.report)")
    #expect(result.stdout.contains("\nOK"), "\(result.report)")
  }
}
