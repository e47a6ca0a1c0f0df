import ArgumentParser
// stdout is a variable of C, which no other thread changes.
@preconcurrency import Foundation
import MessagePassing
import SystemSupport

/// The command line with all commands; `train` is the default command.
struct MNISTMPI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mnist-mpi",
    abstract: "Train neural networks data-parallel under MPI and measure how the training scales.",
    discussion: """
      Start it under mpirun, with one rank for each core, processor or node:

        mpirun -np 1 mnist-mpi         the baseline
        mpirun -np 2 mnist-mpi         the same work on two ranks, then the comparison
        mpirun -np 2 mnist-mpi doctor  a list of what would disturb such a run, with fixes

      Both runs train on the same global batches in the same order, for any number of ranks, and \
      write a record to results/. Without mpirun the program runs as one rank.
      """,
    version: ProgramVersion.text,
    subcommands: [
      TrainCommand.self, PredictCommand.self, StudyCommand.self, ReportCommand.self,
      CompareCommand.self, ProjectCommand.self,
      BenchCommand.self, DoctorCommand.self,
    ],
    defaultSubcommand: TrainCommand.self)
}

@main
enum Program {
  static let name = "mnist-mpi"

  static func main() {
    do {
      let command = try MNISTMPI.parseAsRoot()
      if let command = command as? any RankCommand { end(command.launch()) }
      end(
        onOneProcess {
          do {
            var command = command
            try command.run()
            return 0
          } catch {
            return report(error)
          }
        })
    } catch {
      end(onOneProcess { report(error) })
    }
  }

  /// Ends the program, with a code of its own if standard output could not be written.
  private static func end(_ code: Int32) -> Never {
    // The system remembers every write that failed since the start.
    guard fflush(stdout) != 0 || ferror(stdout) != 0 else { exit(code) }
    StandardError.writeLine(
      "\(name): standard output could not be written: a full disk, or nothing reads it; files that the "
        + "command wrote are complete")
    exit(code == 0 ? SystemSupport.ExitCode.outputLost : code)
  }

  /// Runs `work` on one process of a launch and returns its exit code on all processes.
  ///
  /// Under mpirun the first process that fails ends all others. The broadcast ensures that rank 0
  /// has printed before any rank exits.
  private static func onOneProcess(_ work: () -> Int32) -> Int32 {
    guard LaunchEnvironment.current.mpirunIsPresent else { return work() }
    return Environment.run(program: name) { communicator in
      let code = communicator.isRoot ? work() : 0
      return try communicator.broadcast(code)
    }
  }

  /// The name of the command that the user entered, or of the default command.
  private static var commandName: String {
    let names = MNISTMPI.configuration.subcommands.compactMap { $0.configuration.commandName }
    let argument = CommandLine.arguments.dropFirst().first ?? ""
    return names.contains(argument) ? argument : "train"
  }

  /// Prints help on stdout or an error as one line on stderr; returns the exit code.
  private static func report(_ error: any Error) -> Int32 {
    let code = MNISTMPI.exitCode(for: error)
    if code == .success {
      print(MNISTMPI.fullMessage(for: error))
    } else {
      let message = MNISTMPI.message(for: error)
      // A command that has already printed everything throws an exit code without a message.
      if message.isEmpty { return code.rawValue }
      let help =
        code == .validationFailure ? " (mnist-mpi \(commandName) --help lists the options)" : ""
      StandardError.writeLine("\(name): \(message)\(help)")
    }
    return code.rawValue
  }
}
