import ArgumentParser
import ScalingComparison

extension ComparisonFormat: ExpressibleByArgument {}

/// `mnist-mpi compare`: compares any number of records of earlier runs.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract:
      "Compare the records of earlier runs: speedup, parallel efficiency, and their validity.",
    discussion: """
      Runs on several ranks are compared with the one-rank runs (their median, if there are \
      several) of the same work on the same machine, by the same program, in the same mode, with \
      the same threads per rank and binding. A row has a speedup only if also the accuracies \
      agree, the certificates do not show different work, and the runs are valid measurements: a \
      core for every thread, no shared GPU, and at most 10 % of the cores' time used by other \
      programs. Any other row is marked ! and has a note with the reason.
      """)

  @Argument(help: "Record files, or directories with records (default: that of --results).")
  var records: [String] = []

  @Option(
    help: ArgumentHelp(
      "Directory with records, as for train (default: results).", valueName: "directory"))
  var results: String?

  @Option(help: "Output format: text, markdown, csv or json.")
  var format: ComparisonFormat = .text

  func validate() throws {
    if results?.isEmpty == true { throw ValidationError("--results \"\": expected a path") }
  }

  mutating func run() throws {
    let named = records + (results.map { [$0] } ?? [])
    let paths = named.isEmpty ? ["results"] : named
    let records = try RecordInput.load(paths)
    guard !records.isEmpty else {
      throw ValidationError(
        "no run records in \(paths.joined(separator: ", ")); "
          + "make one with mpirun -np 1 mnist-mpi")
    }
    print(try Comparison(records: records).render(format))
  }
}
