import ArgumentParser
import ScalingComparison

extension ComparisonFormat: ExpressibleByArgument {}

/// `mnist-mpi compare`: the comparison at any later time, of any number of records.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract:
      "Compare the records of earlier runs: speedup and efficiency, and whether they count.",
    discussion: """
      Records are set against one-rank runs (several: their median) of the same work, on the same \
      machine, by the same program, in the same mode, with the same threads per rank and binding. A \
      row counts only if also the accuracy agrees, the certificates show no other work, and the runs \
      are measurements: a core for every thread, no GPU shared, at most 10 % of the cores' time used \
      by other programs. Else it has no speedup, is marked ! and says why.
      """)

  @Argument(help: "Record files, or directories of them (default: results).")
  var records: [String] = []

  @Option(help: "text, markdown, csv or json.")
  var format: ComparisonFormat = .text

  mutating func run() throws {
    let records = try RecordInput.load(records.isEmpty ? ["results"] : records)
    guard !records.isEmpty else {
      throw ValidationError(
        "no run records in \(self.records.isEmpty ? "results" : self.records.joined(separator: ", ")); "
          + "make one with mpirun -np 1 mnist-mpi")
    }
    print(try Comparison(records: records).render(format))
  }
}
