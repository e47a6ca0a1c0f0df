import Foundation
import RunRecords
import TestSupport
import Testing

/// Tests of `train --trace-steps` and `report --timeline`.
@Suite struct TraceOptionTests {
  /// A trace has the named steps only, and does not change the training.
  @Test(arguments: [("7", 7...7), ("9..10", 9...10)])
  func someSteps(text: String, range: ClosedRange<Int>) async throws {
    let data = try TraceTests.small.write()
    let (trace, record, result) = try await TraceTests.run(
      ranks: 2, data, TraceTests.arguments(data, ["--epochs", "2", "--trace-steps", text]))
    for track in trace.tracks {
      #expect(Set(track.spans.map(\.step)) == Set(range))
      #expect(track.spans.filter { $0.phase == .evaluate }.count == (range.contains(10) ? 1 : 0))
      #expect(track.spans.first?.start ?? 1 < 0.1)
    }
    var arguments = TraceTests.arguments(data, ["--epochs", "2"])
    arguments.removeLast(2)
    arguments.removeAll { $0 == "--trace" || $0 == data.path("trace.json") }
    let plain = try await Program.succeed(ranks: 2, arguments + ["--epochs", "2"])
    #expect(Program.losses(plain) == Program.losses(result) && !Program.losses(plain).isEmpty)
    let records = try Program.records(in: data.path("results"))
    #expect(records.count == 2)
    #expect(Set(records.map(\.result.weightsSHA256)) == [record.result.weightsSHA256])
  }

  /// A run that reaches its target accuracy has fewer steps than planned; one line says so.
  @Test(arguments: [("8..20", 8...10, "the steps from 8 on"), ("11..12", nil, "no step")])
  func aRunThatEndsEarly(text: String, range: ClosedRange<Int>?, note: String) async throws {
    let data = try TraceTests.small.write()
    let (trace, _, result) = try await TraceTests.run(
      ranks: 2, data,
      TraceTests.arguments(data, ["--target-accuracy", "0.01", "--trace-steps", text]))
    #expect(
      result.errorLines(of: "mnist-mpi") == [
        "mnist-mpi: note: --trace-steps \(text): the run ended after step 10; the trace has \(note)"
      ])
    for track in trace.tracks {
      #expect(Set(track.spans.map(\.step)) == Set(range.map(Array.init) ?? []))
    }
  }

  /// `report --timeline` draws a step without a study.
  @Test func aStepIsDrawn() async throws {
    let data = try TraceTests.small.write()
    _ = try await Program.succeed(ranks: 2, TraceTests.arguments(data, []))
    let path = data.path("trace.json")
    let report = try await Program.succeed(
      ranks: nil, ["report", "--timeline", path, "--timeline-step", "3"])
    let lines = report.stdout.split(separator: "\n").map(String.init)
    #expect(lines.first?.hasPrefix("Step 3 of mlp on 2 ranks: ") == true, "\(report.report)")
    #expect(lines.count == 11 && lines[3].count == 108 && lines[4].count == 108)
    #expect(lines[3].hasPrefix("rank 0  ") && lines[4].hasPrefix("rank 1  "))
    let median = try await Program.succeed(ranks: nil, ["report", "--timeline", path])
    #expect(median.stdout.contains(" ms, the median of steps 6 to 20\n"), "\(median.report)")
    #expect(median.stderr.isEmpty && report.stderr.isEmpty)
  }

  static let refused = [
    RefusedCommand(
      testDescription: "no file", arguments: ["report", "--timeline", "DIR/none"],
      named: ["cannot read DIR/none: no such file"], exitCode: 65),
    RefusedCommand(
      testDescription: "no JSON", arguments: ["report", "--timeline", "DIR/a"],
      named: ["DIR/a: not JSON"], files: ["a": "{"], exitCode: 65),
    RefusedCommand(
      testDescription: "another trace", arguments: ["report", "--timeline", "DIR/a"],
      named: ["DIR/a: no trace of mnist-mpi"], files: ["a": "{\"traceEvents\": []}"], exitCode: 65),
    RefusedCommand(
      testDescription: "no steps", arguments: ["report", "--timeline", "DIR/a"],
      named: ["DIR/a: the trace has no steps"], files: ["a": emptyTrace], exitCode: 65),
    RefusedCommand(
      testDescription: "a step without a trace", arguments: ["report", "--timeline-step", "3"],
      named: ["--timeline-step 3 belongs to --timeline"]),
    RefusedCommand(
      testDescription: "step 0", arguments: ["report", "--timeline", "a", "--timeline-step", "0"],
      named: ["--timeline-step 0: expected"]),
    RefusedCommand(
      testDescription: "with --csv", arguments: ["report", "--timeline", "a", "--csv", "b"],
      named: ["--timeline and --csv exclude each other"]),
    RefusedCommand(
      testDescription: "an empty path", arguments: ["report", "--timeline", ""],
      named: ["--timeline \"\": expected a path"]),
  ]

  private static let emptyTrace = String(
    decoding: RunTrace(
      model: "mlp", run: "", tracks: [RunTrace.Track(host: "a", spans: [])]
    ).json(), as: UTF8.self)

  @Test(arguments: refused)
  func isRefused(command: RefusedCommand) async throws {
    try await command.expectRefusal(in: TemporaryDirectory())
  }
}
