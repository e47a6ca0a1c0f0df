import ArgumentParser
import Foundation
import MessagePassing
import RunRecords
import ScalingProjection
import ScalingStudy
import SystemSupport

/// `mnist-mpi report`: the report of a study, or of any directory of records; a step of a trace.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract:
      "Print the report of a study: intervals, loss ledger, fits; as text, HTML, CSV or JSON.",
    discussion: """
      Without --html, --csv and --json the report is printed as text. The HTML page has plots too; it \
      is one file that needs no network.
      """)

  @Argument(
    help: ArgumentHelp(
      "Directory of a study, or of records (default: study).", valueName: "directory"))
  var directory: String = "study"

  @Option(help: ArgumentHelp("Write the rows as CSV to this file.", valueName: "file"))
  var csv: String?

  @Option(help: ArgumentHelp("Write the whole report as JSON to this file.", valueName: "file"))
  var json: String?

  @Option(
    help: ArgumentHelp(
      "Write the report with plots as an HTML page to this file.", valueName: "file"))
  var html: String?

  @Option(
    help: ArgumentHelp(
      "Draw one step of this trace, which train --trace writes: alone, or in the page of --html.",
      valueName: "file"))
  var timeline: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The step to draw (default: the step of median duration after the first five).",
      valueName: "n"))
  var timelineStep: Int?

  @Option(
    help: ArgumentHelp(
      "Add the simulated steps of this file, which project --json writes; may be repeated.",
      valueName: "file"))
  var projection: [String] = []

  func validate() throws {
    if projection.contains("") { throw ValidationError("--projection \"\": expected a path") }
    if timeline == "" { throw ValidationError("--timeline \"\": expected a path") }
    if let timelineStep {
      guard timeline != nil else {
        throw ValidationError(
          "--timeline-step \(timelineStep) belongs to --timeline; leave it out or add that")
      }
      guard timelineStep > 0 else {
        throw ValidationError("--timeline-step \(timelineStep): expected a number from 1 on")
      }
    }
    for (option, path) in [("--csv", csv), ("--json", json)]
    where timeline != nil && path != nil {
      throw ValidationError("--timeline and \(option) exclude each other; give one of them")
    }
  }

  mutating func run() throws {
    do {
      if let timeline, html == nil { return print(try step(of: timeline).text()) }
      try writeReport()
    } catch let error as TraceError {
      try Program.fail(error, SystemSupport.ExitCode.data)
    } catch let error as ProjectionError {
      try Program.fail(error, SystemSupport.ExitCode.data)
    } catch let error as StudyError {
      try Program.fail(error, SystemSupport.ExitCode.data)
    } catch let error as RecordError {
      try Program.fail(error, SystemSupport.ExitCode.data)
    } catch let error as FileError {
      try Program.fail(error, SystemSupport.ExitCode.cannotCreate)
    }
  }

  /// One step of a trace.
  private func step(of path: String) throws -> StepDrawing {
    let trace = try RunTrace(path: path)
    do throws(TraceError) {
      return try StepDrawing(of: trace, step: timelineStep)
    } catch {
      throw StudyError("\(path): \(error)")
    }
  }

  private func writeReport() throws {
    let study = StudyDirectory(directory)
    let state = try study.loadState()
    let records = try Self.records(state == nil ? directory : study.recordsPath)
    guard !records.isEmpty else {
      throw StudyError(
        "\(directory): no run records; make some with mnist-mpi study or mpirun -np 1 mnist-mpi")
    }
    let end = state.map { StudyEnd($0.plan) }
    let report = StudyReport(
      StudyAnalysis(records: records), failures: study.loadFailures(), end: end,
      findings: state?.findings ?? [], timeline: try timeline.map(step),
      projections: try projection.map { try Projection(path: $0) })
    if let csv { try write(report.csv(), to: csv, "report") }
    if let json { try write(try report.json(), to: json, "report") }
    if let html { try write(report.html(), to: html, "report") }
    if csv == nil, json == nil, html == nil { print(report.text()) }
  }

  /// All records of a directory; a file that is no record is an error.
  private static func records(_ directory: String) throws -> [(file: String, record: RunRecord)] {
    let contents = try RecordStore.load(directory: directory)
    if let first = contents.skipped.first {
      throw StudyError("\(first.file): \(first.reason); remove it, or repeat its run")
    }
    return contents.records.map { ($0.file, $0.record) }
  }

  private func write(_ text: String, to path: String, _ content: String) throws {
    try SafeFile.replace(path, with: Data((text + "\n").utf8), content: content)
  }
}
