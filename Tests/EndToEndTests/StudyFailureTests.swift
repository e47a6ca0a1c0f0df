import Foundation
import RunRecords
import TestSupport
import Testing

/// Tests of a study in which a run fails: its output is kept, and it is repeated once.
@Suite struct StudyFailureTests {
  private static let pair = "mlp-strong-b64-np2-t1-allreduce"

  /// What a study keeps of a run that failed.
  private struct FailedRun: Decodable {
    let failure: DecodedReport.Failure
    let command: [String]
    let output: String
  }

  /// A launcher with which runs on two ranks fail as long as there is a file.
  ///
  /// Arguments: the file, a mode, the number of ranks, and the program. With `once` the first failure
  /// removes the file; with `all` the runs on one rank fail too; with `hang` the inspection before the
  /// first run removes the file and does not end.
  private static let launcher = """
    fault=$1 mode=$2 ranks=$3
    shift 3
    if [ "$2" = doctor ] && [ "$mode" = hang ]; then
      rm "$fault"
      exec sleep 600
    fi
    [ "$mode" = all ] && ranks=2
    if [ "$2" = train ] && [ "$ranks" = 2 ] && [ -e "$fault" ]; then
      [ "$mode" = once ] && rm "$fault"
      echo the cable is loose >&2
      exit 7
    fi
    exec mpirun -np "$ranks" --oversubscribe --bind-to none "$@"
    """

  private static func makeStudy(repeats: Int, _ mode: String) throws -> SmallStudy {
    let study = try SmallStudy(
      repeats: repeats, ["--launcher", "/bin/sh DIR/launcher DIR/fault \(mode) {ranks}"])
    try study.directory.write(Array(launcher.utf8), to: "launcher")
    try study.directory.write([], to: "fault")
    return study
  }

  /// The failed runs of a study in order of block and attempt.
  private static func failures(of study: SmallStudy) throws -> [FailedRun] {
    let failed = URL(fileURLWithPath: study.out).appendingPathComponent("failed")
    let files = try FileManager.default.contentsOfDirectory(
      at: failed, includingPropertiesForKeys: nil)
    let runs = try files.map {
      try JSONDecoder().decode(FailedRun.self, from: try Data(contentsOf: $0))
    }
    #expect(
      runs.map { "\(study.out)/\($0.failure.file)" }.sorted() == files.map(\.path).sorted())
    return runs.sorted {
      ($0.failure.block, $0.failure.attempt) < ($1.failure.block, $1.failure.attempt)
    }
  }

  @Test func aRunThatFailsOnceIsRepeated() async throws {
    let study = try Self.makeStudy(repeats: 2, "once")
    let run = try await study.succeed()
    #expect(run.stderr.contains("\(Self.pair): failed with exit code 7, attempt 1: the cable is"))
    #expect(!run.stderr.contains("attempt 2"))
    try study.expectCompleteBlocks()
    let repeated = try study.records().compactMap(\.study).filter { $0.attempt == 2 }
    #expect(repeated.map(\.block) == [1] && repeated.map(\.configuration) == [Self.pair])

    let failures = try Self.failures(of: study)
    #expect(failures.map(\.output) == ["the cable is loose\n"])
    #expect(failures.first?.command.prefix(2) == ["/bin/sh", study.directory.path("launcher")])
    let report = try await study.report()
    #expect(report.failures == failures.map(\.failure))
    let failure = try #require(report.failures.first)
    #expect(failure.configuration == Self.pair && failure.block == 1)
    #expect(failure.exitCode == 7 && failure.attempt == 1)
    let row = try #require(report.row(ranks: 2))
    #expect(row.runs == report.runs.filter(\.counts).count / SmallStudy.configurations.count)
    Self.expectMarks(of: failures, in: run)
  }

  /// The study ends with the other configurations, and the same command tries nothing again.
  @Test func aRunThatAlwaysFailsIsGivenUp() async throws {
    let study = try Self.makeStudy(repeats: 1, "always")
    let run = try await study.run()
    Self.expectIncomplete(run)
    try study.expectCompleteBlocks(of: SmallStudy.configurations.filter { $0 != Self.pair })
    let failures = try Self.failures(of: study)
    let blocks = try study.records().count / 2
    #expect(
      failures.map { [$0.failure.block, $0.failure.attempt] }
        == (1...blocks).flatMap { [[$0, 1], [$0, 2]] })
    #expect(failures.allSatisfy { $0.failure.configuration == Self.pair })
    Self.expectMarks(of: failures, in: run)

    let report = try await study.report()
    #expect(report.failures == failures.map(\.failure))
    #expect(!report.rows.isEmpty && report.rows.allSatisfy { $0.ranks == 1 && $0.runs > 0 })
    let before = try study.records()
    let again = try await study.run()
    Self.expectIncomplete(again)
    #expect(again.stdout.contains("Failed runs") && !again.stderr.contains("failed with"))
    #expect(try study.records() == before)
    #expect(try Self.failures(of: study).count == failures.count)
  }

  /// A study of which no run succeeds ends after its first block.
  @Test func aStudyWithoutARunFails() async throws {
    let study = try Self.makeStudy(repeats: 3, "all")
    let run = try await study.run()
    #expect(run.exitCode == 1 && !run.timedOut, "\(run.report)")
    #expect(run.stdout.contains("No records to report."))
    let line = run.stderr.split(separator: "\n").last ?? ""
    #expect(SmallStudy.configurations.allSatisfy { line.contains($0) }, "\(run.report)")
    #expect(try Self.failures(of: study).count == 2 * SmallStudy.configurations.count)
  }

  /// A signal during the inspection before the first run ends the inspection and the study.
  @Test func theInspectionIsInterrupted() async throws {
    let study = try Self.makeStudy(repeats: 1, "hang")
    let script = """
      "$@" &
      while [ -e \(study.directory.path("fault")) ]; do sleep 0.02; done
      kill -s INT $!
      wait $!
      """
    let run = try await Program.run(
      ranks: nil, study.arguments, prefix: ["sh", "-c", script, "sh"], timeout: 100)
    #expect(run.exitCode == 130 && !run.timedOut, "\(run.report)")
    #expect(run.stderr.contains("mnist-mpi: interrupted") && run.stdout.isEmpty)
    #expect(try study.records().isEmpty)
  }

  private static func expectIncomplete(_ run: ProcessResult) {
    #expect(run.exitCode == 1 && !run.timedOut, "\(run.report)")
    #expect(run.stderr.contains("mnist-mpi: every run of \(pair) failed; see "), "\(run.report)")
  }

  private static func expectMarks(of failures: [FailedRun], in run: ProcessResult) {
    #expect(run.stdout.contains("Failed runs, which have no record:"), "\(run.report)")
    for failure in failures.map(\.failure) {
      let line =
        "  \(pair), block \(failure.block), attempt \(failure.attempt): exit code 7, output in "
        + failure.file
      #expect(run.stdout.contains(line), "\(line)\n\(run.report)")
    }
  }
}
