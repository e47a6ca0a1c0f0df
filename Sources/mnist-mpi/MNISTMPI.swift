import ArgumentParser
import Foundation
import MessagePassing

/// The command line as a whole: `train` is what runs where no command is named.
struct MNISTMPI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mnist-mpi",
    abstract: "Trains neural networks data-parallel under MPI and shows what more ranks buy.",
    discussion: """
      Start it under mpirun, one rank a core, processor or node:

        mpirun -np 1 mnist-mpi         the baseline
        mpirun -np 2 mnist-mpi         the same work on two ranks, then the comparison
        mpirun -np 2 mnist-mpi doctor  what is wrong with this start, and how to mend it

      Both runs make the same global batches in the same order, whatever the rank count, and leave a \
      record in results/. Without mpirun it is a run of one rank.
      """,
    version: ProgramVersion.text,
    subcommands: [
      TrainCommand.self, CompareCommand.self, BenchCommand.self, DoctorCommand.self,
    ],
    defaultSubcommand: TrainCommand.self)
}

@main
enum Program {
  static let name = "mnist-mpi"

  static func main() {
    do {
      let command = try MNISTMPI.parseAsRoot()
      if let command = command as? any RankCommand { exit(command.launch()) }
      exit(
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
      exit(onOneProcess { report(error) })
    }
  }

  /// Does work that only one process of a launch is to do; all return its exit code.
  ///
  /// Under mpirun the first process to fail ends all others, so MPI must see to it that rank 0 has
  /// printed before any rank leaves.
  private static func onOneProcess(_ work: () -> Int32) -> Int32 {
    guard LaunchEnvironment.current.mpirunIsPresent else { return work() }
    return Environment.run(program: name) { communicator in
      let code = communicator.isRoot ? work() : 0
      return try communicator.broadcast(code)
    }
  }

  /// The command that was named, or the one that runs where none is.
  private static var commandName: String {
    let names = MNISTMPI.configuration.subcommands.compactMap { $0.configuration.commandName }
    let word = CommandLine.arguments.dropFirst().first ?? ""
    return names.contains(word) ? word : "train"
  }

  /// Prints help on stdout or an error as one line on stderr; returns the exit code.
  private static func report(_ error: any Error) -> Int32 {
    let code = MNISTMPI.exitCode(for: error)
    if code == .success {
      print(MNISTMPI.fullMessage(for: error))
    } else {
      let message = MNISTMPI.message(for: error)
      // A command that has said all ends with a code alone.
      if message.isEmpty { return code.rawValue }
      let help =
        code == .validationFailure ? " (mnist-mpi \(commandName) --help lists the options)" : ""
      StandardError.writeLine("\(name): \(message)\(help)")
    }
    return code.rawValue
  }
}
