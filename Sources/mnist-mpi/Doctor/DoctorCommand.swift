import ArgumentParser
import DataParallel
import HostInspection
import MessagePassing

/// `mnist-mpi doctor`: what would spoil a run that is started like this, and how to mend it.
struct DoctorCommand: RankCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look for what would spoil a run that is started like this; say how to mend it.",
    discussion: """
      Start it as the training will be started, on the same hosts and with the same --threads:

        mpirun -np 4 mnist-mpi doctor --threads 1

      A line is a fact (ok) or a finding (!!) with a command that mends it. Exit code 0 if all is \
      well, 1 if not. It looks at the launcher, binding and number of threads, cores that ranks share, \
      the network between hosts and its latency, shared memory, load by other programs, and at what \
      differs between hosts. A run looks at what takes no time by itself, and warns.
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Threads of each rank (default: the cores it may use, shared with its node's ranks).",
      valueName: "n"))
  var threads: Int?

  @Flag(help: "Print findings and all that was looked at as JSON.")
  var json = false

  func validate() throws {
    if let threads, !(1...4096).contains(threads) {
      throw ValidationError("--threads \(threads): expected a number from 1 to 4096")
    }
  }

  /// Says what is wrong with a launcher under which MPI cannot even start.
  func launch() -> Int32 {
    let launch = LaunchEnvironment.current
    guard let foreign = launch.foreignLauncher() else { return launchUnderMPI() }
    launch.onProbableRoot {
      let diagnosis = Diagnosis(refused: foreign.problem, fix: foreign.remedy)
      print((try? text(of: diagnosis)) ?? foreign.problem)
    }
    return 1
  }

  func run(over communicator: Communicator) throws {
    let place = try RankPlace.find(communicator, threads: threads)
    let device = try DeviceChoice.make(communicator, .auto)
    let check = HealthCheck(communicator: communicator, place: place, device: device.text)
    var problems = 0
    if let report = try check.thoroughReport() {
      let diagnosis = Diagnosis(report)
      problems = diagnosis.problemCount
      print(try text(of: diagnosis))
    }
    if try communicator.broadcast(problems) > 0 { throw ArgumentParser.ExitCode(1) }
  }

  private func text(of diagnosis: Diagnosis) throws -> String {
    json ? try diagnosis.json() : diagnosis.text
  }
}
