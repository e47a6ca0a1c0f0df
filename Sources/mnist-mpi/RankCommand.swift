import ArgumentParser
import DataParallel
import MessagePassing

/// A command that all ranks of a launch carry out together.
protocol RankCommand: ParsableCommand {
  /// Does the command's work on this rank.
  ///
  /// - Throws: `AgreedError` where all ranks know of it; what else is thrown aborts the job.
  func run(over communicator: Communicator) throws
}

extension RankCommand {
  /// Runs under MPI and returns the exit code of this rank, the same on all.
  func launch() -> Int32 {
    Environment.run(program: Program.name) { communicator in
      do {
        try run(over: communicator)
        return 0
      } catch let error as AgreedError {
        if communicator.isRoot { StandardError.writeLine("\(Program.name): \(error)") }
        try communicator.barrier()
        return error.exitCode
      }
    }
  }
}
