import ArgumentParser
import DataParallel
import HostInspection
import MessagePassing

/// `mnist-mpi doctor`: reports what would disturb a run that is started like this, with fixes.
struct DoctorCommand: RankCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Find what would disturb a run that is started like this, and print the fix.",
    discussion: """
      Start it as the training will be started, on the same hosts and with the same --threads:

        mpirun -np 4 mnist-mpi doctor --threads 1

      Each line is a fact (ok) or a finding (warning) with a command that fixes it. The exit code \
      is 0 without findings and 1 with findings. Checked are the launcher, the binding, the number \
      of threads, cores that ranks share, the network between hosts and its latency, shared \
      memory, the load by other programs, and differences between hosts. Every training run makes \
      the checks that take no time and prints their warnings.
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Threads of each rank (default: the cores it may use, divided by the ranks that share them).",
      valueName: "n"))
  var threads: Int?

  @Flag(help: "Print the findings and the facts that they follow from as JSON.")
  var json = false

  func validate() throws {
    if let threads, !(1...4096).contains(threads) {
      throw ValidationError("--threads \(threads): expected a number from 1 to 4096")
    }
  }

  /// Runs under MPI, or prints the finding about a launcher under which MPI cannot start.
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
    let check = HealthCheck(communicator: communicator, place: place, device: device)
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
