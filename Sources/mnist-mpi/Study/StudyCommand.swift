import ArgumentParser
import ChildProcesses
import Foundation
import HostInspection
import MessagePassing
import ScalingStudy
import SystemSupport

/// `mnist-mpi study`: many runs in random order, and what they say about scaling.
struct StudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Run a scaling study: repeated runs in random order, intervals, and a loss ledger.",
    discussion: """
      Start it without mpirun: it starts mpirun (or --launcher) once for each run. A study is a number \
      of blocks; each block has every configuration once, in random order. It can be interrupted and \
      continued by the same command, and ends with the report, as text and as the page report.html in \
      its directory.

        mnist-mpi study --quick                                   about a minute, 1 and 2 ranks
        mnist-mpi study --ranks 1,2,4 --sync allreduce,node       cnn, global batch 64
        mnist-mpi study plan.yaml --out study-of-march            all factors from a file
        mnist-mpi study --ranks 1,2 -- --data data/fashion        options of train after --
      """)

  @OptionGroup(title: "The plan")
  var plan: StudyPlanOptions

  @OptionGroup(title: "The launch")
  var launch: StudyLaunchOptions

  @Option(
    help: ArgumentHelp(
      "Directory of the study; one that holds it already is continued.", valueName: "directory"))
  var out: String = "study"

  @Flag(help: "Print the commands of the first block and the expected time; run nothing.")
  var dryRun = false

  @Flag(help: "Stop if doctor has findings before the first block.")
  var strict = false

  func validate() throws {
    if out.isEmpty { throw ValidationError("--out \"\": expected a path") }
  }

  mutating func run() throws {
    guard !LaunchEnvironment.current.mpirunIsPresent else {
      throw ValidationError("study starts mpirun itself: start it without mpirun or srun")
    }
    do {
      try runStudy()
    } catch let error as StudyError {
      try Program.fail(error, SystemSupport.ExitCode.usage)
    } catch let error as FileError {
      try Program.fail(error, SystemSupport.ExitCode.cannotCreate)
    }
  }

  private func runStudy() throws {
    let plan = try self.plan.make()
    let settings = try launch.settings()
    let slots = try launch.slots()
    if dryRun {
      print(
        try StudyPreview(plan: plan, launch: settings, slots: slots).text(program: Program.name))
      return
    }
    let directory = StudyDirectory(out)
    let runner = try StudyRunner(
      plan, launch: settings, slots: slots, program: Self.program(), directory: directory
    ) { StandardError.writeLine($0) }
    let outcome = try runner.run(inspect: inspect)
    switch outcome {
    case .interrupted(let signal):
      StandardError.writeLine(
        "\(Program.name): interrupted; the current run was discarded. The same command continues the "
          + "study in \(out)")
      throw ArgumentParser.ExitCode(128 + signal)
    case .complete:
      let report = StudyReport(
        StudyAnalysis(records: runner.studyRecords), failures: directory.loadFailures(),
        end: runner.end, findings: runner.findings)
      print(report.text())
      let page = directory.pagePath
      try SafeFile.replace(page, with: Data((report.html() + "\n").utf8), content: "report")
      print("Page: \(page)")
      try checkComplete(runner)
    }
  }

  /// Ends with an exit code if a configuration has no run, which the report can only list as failed.
  private func checkComplete(_ runner: StudyRunner) throws {
    let missing = runner.configurationsWithoutRuns
    guard !missing.isEmpty else { return }
    StandardError.writeLine(
      "\(Program.name): every run of \(missing.joined(separator: ", ")) failed; see \(out)/failed, and "
        + "remove it to try again")
    throw ArgumentParser.ExitCode(SystemSupport.ExitCode.training)
  }

  /// The findings of `doctor`, which was started as the largest configuration will be.
  private func inspect(_ command: [String], _ ending: ChildProcess.Ending) throws -> [String] {
    // With findings the exit code is 1, about which mpirun adds lines of its own.
    guard let start = ending.output.firstIndex(of: "{"),
      let end = ending.output.lastIndex(of: "}"), start < end,
      let diagnosis = try? JSONDecoder().decode(
        Diagnosis.self, from: Data(ending.output[start...end].utf8))
    else {
      throw StudyError("\(command.joined(separator: " ")): failed: \(ending.reason)")
    }
    let findings = diagnosis.findings.compactMap { finding in
      finding.remedy.map {
        // What was inspected is the command of doctor; what the user starts is a training.
        "warning: \(finding.subject.rawValue): \(finding.text); fix, by --launcher or for a single "
          + "run: \($0.replacing("doctor --json", with: "train"))"
      }
    }
    for finding in findings { StandardError.writeLine("\(Program.name): \(finding)") }
    if strict, !findings.isEmpty {
      throw StudyError("--strict: doctor has \(findings.count) findings (above); nothing was run")
    }
    return findings
  }

  private static func program() -> StudyProgram {
    StudyProgram(
      path: ProgramVersion.executablePath, sha256: ProgramVersion.executableSHA256(),
      revision: ProgramVersion.revision, environment: StudyLaunchOptions.environment)
  }
}
