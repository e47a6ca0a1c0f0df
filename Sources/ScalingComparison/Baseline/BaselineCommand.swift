import MPILaunchers
import RunRecords

/// The command that makes the missing baseline of a record.
enum BaselineCommand {
  /// The record's own command, on one rank with the same threads and the same binding.
  ///
  /// Nil if the ranks of the record are bound differently, which one rank cannot reproduce.
  static func text(for record: RunRecord) -> String? {
    guard let launcher = launcher(of: record) else { return nil }
    // The command already has the options of the mode and of the work.
    var command = withoutOutputs(record.run.command.isEmpty ? [record.program] : record.run.command)
    // Without this option one rank would use all the cores that several ranks had shared.
    if !command.contains(where: { $0 == "--threads" || $0.hasPrefix("--threads=") }) {
      command += ["--threads", "\(record.config.threadsPerRank)"]
    }
    return (launcher + command).map(quoted).joined(separator: " ")
  }

  private static func launcher(of record: RunRecord) -> [String]? {
    // A rank of one thread, bound to one core, would have the binding class `core`.
    let several = max(record.config.threadsPerRank, 2)
    let options = LauncherOptions(MPIFamily(library: record.machine.mpi))
    let mpirun = [record.run.launcherCommand ?? "mpirun", "-np", "1"]
    let slurm = record.run.launcher.hasPrefix("srun") || record.run.launcher == "slurm"
    switch (slurm, record.machine.binding) {
    case (_, .mixed): return nil
    case (true, .none): return ["srun", "-n", "1", "--cpu-bind=none"]
    case (true, .severalCores): return ["srun", "-n", "1", "--cpus-per-task=\(several)"]
    case (true, .core): return ["srun", "-n", "1"]
    case (false, .none): return mpirun + options.unbound
    case (false, .severalCores): return mpirun + options.bound(threads: several)
    case (false, .core): return mpirun + options.bound(threads: 1)
    }
  }

  /// Removes the options of output files, which the second run would overwrite.
  private static func withoutOutputs(_ command: [String]) -> [String] {
    let outputs = ["--json", "--save", "--trace", "--trace-steps"]
    var kept: [String] = []
    var words = command.makeIterator()
    while let word = words.next() {
      if outputs.contains(word) {
        _ = words.next()
      } else if !outputs.contains(where: { word.hasPrefix("\($0)=") }) {
        kept.append(word)
      }
    }
    return kept
  }

  /// A word, in quotes where a shell would change it.
  private static func quoted(_ word: String) -> String {
    let plain = word.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-_=./:,+@%".contains($0))
    }
    return plain && !word.isEmpty ? word : "'\(word.replacing("'", with: "'\\''"))'"
  }
}
