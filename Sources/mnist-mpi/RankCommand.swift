import ArgumentParser
import DataParallel
import MessagePassing

/// A command that all ranks of a launch run together.
protocol RankCommand: ParsableCommand {
  /// Runs the command on this rank.
  ///
  /// - Throws: `AgreedError` on all ranks: rank 0 prints it, and all ranks exit with its code.
  ///   `ArgumentParser.ExitCode` on all ranks: they exit with it, without a message. Any other
  ///   error, on any rank, aborts the job.
  func run(over communicator: Communicator) throws

  /// Runs the command under MPI and returns the exit code, which is the same on all ranks.
  func launch() -> Int32
}

extension RankCommand {
  func launch() -> Int32 { launchUnderMPI() }

  /// The default implementation of `launch`; a command with its own `launch` may call it.
  func launchUnderMPI() -> Int32 {
    Environment.run(program: Program.name) { communicator in
      do {
        try run(over: communicator)
        return 0
      } catch let error as AgreedError {
        if communicator.isRoot { StandardError.writeLine("\(Program.name): \(error)") }
        try communicator.barrier()
        return error.exitCode
      } catch let code as ArgumentParser.ExitCode {
        try communicator.barrier()
        return code.rawValue
      }
    }
  }
}
