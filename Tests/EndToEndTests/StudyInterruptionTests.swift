import TestSupport
import Testing

/// Tests of a study that a signal ends, and that the same command continues.
@Suite struct StudyInterruptionTests {
  /// Runs a command, sends it a signal when the study has its first record, and runs it again.
  ///
  /// Arguments: the signal, the directory of the study, and the command. Standard error receives
  /// lines such as `ended 130`, with the exit code, and `left 0`, with the number of processes that
  /// still run for the study. Its runs have the directory of records among their arguments. The
  /// second command starts at once, as long as a run of the first may be there.
  private static let script = """
    signal=$1 out=$2
    shift 2
    left() {
      n=0
      while pgrep -f "$out/[r]ecords" >/dev/null && [ $n -lt 200 ]; do
        sleep 0.05
        n=$((n + 1))
      done
      pgrep -c -f "$out/[r]ecords"
    }
    "$@" &
    until ls "$out/records" 2>/dev/null | grep -q json; do
      kill -0 $! 2>/dev/null || break
      sleep 0.02
    done
    kill -s $signal $!
    wait $!
    echo "ended $?" >&2
    [ $signal = KILL ] || echo "left $(left)" >&2
    "$@"
    code=$?
    echo "left $(left)" >&2
    exit $code
    """

  /// SIGKILL leaves no time to end the current run; the next command ends it.
  @Test(arguments: [("INT", 130), ("TERM", 143), ("KILL", 137)])
  func aStudyIsContinued(signal: String, code: Int) async throws {
    let study = try SmallStudy(repeats: 2)
    let run = try await Program.run(
      ranks: nil, study.arguments,
      prefix: ["sh", "-c", Self.script, "sh", signal, study.out], timeout: SmallStudy.timeout)
    #expect(run.exitCode == 0 && !run.timedOut, "\(run.report)")
    let lines = run.stderr.split(separator: "\n").map(String.init)
    #expect(lines.contains("ended \(code)"), "\(run.report)")
    let left = lines.filter { $0.hasPrefix("left ") }
    #expect(!left.isEmpty && left.allSatisfy { $0 == "left 0" }, "\(run.report)")
    if signal != "KILL" {
      #expect(
        lines.contains(
          "mnist-mpi: interrupted; the current run was discarded. The same command continues the "
            + "study in \(study.out)"), "\(run.report)")
    }

    // The runs are those of a study that nothing interrupted, and none failed.
    try study.expectCompleteBlocks()
    #expect(try study.records().allSatisfy { $0.study?.attempt == 1 })
    let report = try await study.report()
    let count = try study.records().count
    #expect(report.failures.isEmpty && report.runs.count == count)
    #expect(run.stdout.contains("Stopping rule: 2 blocks, fixed beforehand."))
  }
}
