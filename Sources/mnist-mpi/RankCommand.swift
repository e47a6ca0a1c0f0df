import ArgumentParser
import DataParallel
import MessagePassing

/// A command that all ranks of a launch carry out together.
protocol RankCommand: ParsableCommand {
  /// Does the command's work on this rank.
  ///
  /// - Throws: `AgreedError` where all ranks know of it; what else is thrown aborts the job, but for
  ///   `ArgumentParser.ExitCode`, which all ranks throw alike and which ends them without a message.
  func run(over communicator: Communicator) throws

  /// Runs under MPI and returns the exit code of this rank, the same on all.
  func launch() -> Int32
}

extension RankCommand {
  func launch() -> Int32 { launchUnderMPI() }

  /// What `launch` is unless a command has something to do before.
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
