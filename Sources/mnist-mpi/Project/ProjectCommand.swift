import ArgumentParser
import Foundation
import MessagePassing
import RunRecords
import ScalingProjection
import SystemSupport

extension CollectiveSelector: ExpressibleByArgument {}

/// `mnist-mpi project`: step times on ranks that are not there, simulated by SimGrid.
struct ProjectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "project",
    abstract: "Simulate step times on up to thousands of ranks, from records of one rank.",
    discussion: """
      The records say how long one rank computes at some local batches; a platform file of SimGrid \
      describes the machine, and jobs/platforms has some. SimGrid (Debian's libsimgrid-dev) replays a \
      step of each exchange method on 1, 2, 4, ... ranks. A local batch outside the measured ones is \
      marked as extrapolated. report --projection draws the file of --json.

        mpirun -np 1 mnist-mpi --batch-size 64 --steps 100     likewise 4, 16, 256
        mnist-mpi project results --platform jobs/platforms/fat-tree.xml --batch-size 4096
      """)

  @Argument(help: "Files of records, or directories with them: of one rank at some local batches.")
  var records: [String]

  @Option(help: ArgumentHelp("Platform file of SimGrid (XML).", valueName: "file"))
  var platform: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The largest number of ranks.", valueName: "n"))
  var ranks: Int = 1024

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Ranks of each host of the platform.", valueName: "n"))
  var ranksPerNode: Int = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Strong scaling of this global batch.", valueName: "n"))
  var batchSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Weak scaling of this local batch (default without --batch-size: the largest measured one).",
      valueName: "n"))
  var batchSizePerRank: Int?

  @Option(help: "Whose rules choose the algorithm of the all-reduce: ompi or mpich.")
  var selector: CollectiveSelector = .ompi

  @Option(help: ArgumentHelp("Also write the result as JSON to this file.", valueName: "file"))
  var json: String?

  func validate() throws {
    if records.isEmpty {
      throw ValidationError("no records given: expected files of one-rank records, or directories")
    }
    for (option, path) in [("--platform", platform), ("--json", json ?? "-")] where path.isEmpty {
      throw ValidationError("\(option) \"\": expected a path")
    }
    let numbers = [
      ("--ranks", ranks), ("--ranks-per-node", ranksPerNode), ("--batch-size", batchSize ?? 1),
      ("--batch-size-per-rank", batchSizePerRank ?? 1),
    ]
    for (option, value) in numbers where !(1...1 << 30).contains(value) {
      throw ValidationError("\(option) \(value): expected a number from 1 to \(1 << 30)")
    }
    if let batchSize, batchSize < ranks {
      throw ValidationError(
        "--batch-size \(batchSize): less than one sample for each of \(ranks) ranks: expected at "
          + "least \(ranks); give a larger batch, or --ranks \(batchSize)")
    }
  }

  mutating func run() throws {
    do {
      let simulator = try found()
      let work = try MeasuredWork(records: loaded(), source: records.joined(separator: ", "))
      let platform = try Platform(path: platform)
      let projection = try Projection(
        work, plan: plan(work), platform: platform, simulator: simulator,
        version: ProgramVersion.text)
      print(ProjectionTable(projection).text)
      if let json {
        try SafeFile.replace(
          json, with: Data((try projection.json() + "\n").utf8), content: "projection")
      }
    } catch let error as ProjectionError {
      try Program.fail(error, SystemSupport.ExitCode.data)
    } catch let error as RecordError {
      try Program.fail(error, SystemSupport.ExitCode.data)
    } catch let error as FileError {
      try Program.fail(error, SystemSupport.ExitCode.cannotCreate)
    }
  }

  private func found() throws -> SimGrid {
    do {
      return try SimGrid()
    } catch {
      try Program.fail(error, SystemSupport.ExitCode.unavailable)
    }
  }

  /// The records of all paths; notes name files that are none, and disturbed runs.
  private func loaded() throws -> [(file: String, record: RunRecord)] {
    let stored = try records.flatMap { path -> [RecordStore.Stored] in
      guard RecordInput.isDirectory(path) else { return try RecordStore.load(files: [path]) }
      return try RecordInput.stored(in: path)
    }
    for item in stored {
      for text in MeasuredWork.disturbances(of: item.record) {
        StandardError.writeLine("\(Program.name): note: \(item.file): \(text) during the run")
      }
    }
    return stored.map { ($0.file, $0.record) }
  }

  private func plan(_ work: MeasuredWork) -> ProjectionPlan {
    var tasks = batchSize.map { [ProjectionPlan.Task(scaling: .strong, batch: $0)] } ?? []
    if let batch = batchSizePerRank ?? (tasks.isEmpty ? work.times.measured.upperBound : nil) {
      tasks.append(ProjectionPlan.Task(scaling: .weak, batch: batch))
    }
    return ProjectionPlan(
      tasks: tasks, ranks: ranks, ranksPerNode: ranksPerNode, selector: selector)
  }
}
