import ChildProcesses

extension ChildProcess.Ending {
  /// The line of the output that says most: the program's own error, else the launcher's words.
  ///
  /// Open MPI's mpirun ends with its reason. Hydra has it in its first line, which names its
  /// process, or as the exit string of a rank, with advice behind it.
  public var reason: String {
    let lines = output.split(whereSeparator: \.isNewline).map(String.init)
    let own = lines.first { $0.hasPrefix("mnist-mpi: ") && !$0.hasPrefix("mnist-mpi: warning") }
    let hydra =
      lines.first { $0.contains("TERMINATED WITH THE EXIT STRING: ") }
      ?? lines.first { $0.hasPrefix("[mpiexec@") || $0.hasPrefix("[proxy:") }
    return own ?? hydra ?? lines.last { $0.contains(where: \.isLetter) } ?? "no output"
  }
}
