import ArgumentParser
import Foundation
import HostInspection
import MPILaunchers
import MessagePassing
import ScalingStudy

/// The options of `study` that say how its runs are started.
struct StudyLaunchOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Host file for mpirun.", valueName: "file"))
  var hostfile: String?

  @Option(
    help: ArgumentHelp(
      "Command that starts the ranks in place of mpirun, split into words, without a shell.",
      discussion: "{ranks} and {threads} are replaced: 'srun --mpi=pmix -n {ranks}'.",
      valueName: "words"))
  var launcher: String?

  @Flag(help: "Allow more ranks than cores; such runs are marked, and are no measurement.")
  var oversubscribe = false

  /// The launch settings of all runs.
  func settings() throws(StudyError) -> LaunchSettings {
    if launcher != nil, hostfile != nil {
      throw StudyError(
        "--launcher and --hostfile exclude each other; put the hosts into --launcher")
    }
    var words: [String] = []
    if let launcher { words = try LaunchSettings.words(ofLauncher: launcher) }
    let command = LauncherCommand.name(of: Self.family)
    // Absent means mpirun of Open MPI, so that a study of an earlier version can be continued.
    return LaunchSettings(
      launcher: words, mpirun: command == "mpirun" || !words.isEmpty ? nil : command,
      family: Self.family == .openMPI ? nil : Self.family, hostfile: hostfile,
      oversubscribe: oversubscribe)
  }

  /// The ranks that fit: on the hosts of the file, in the allocation of SLURM, or on this host.
  func slots() throws(StudyError) -> RankSlots? {
    if let hostfile { return try RankSlots.read(hostfile: hostfile) }
    if let slots = RankSlots.allocation(ProcessInfo.processInfo.environment) { return slots }
    let cores = HostFacts.physicalCoreCount(of: HostFacts.permittedCores())
    let granted = HostFacts.cpuQuota().map { max(1, Int($0)) } ?? cores
    let count = min(cores, granted)
    return RankSlots(count: count, text: "\(count) cores on this host")
  }

  /// What every run needs in its environment: without it Open MPI refuses to run as root.
  static var environment: [String: String] {
    geteuid() == 0 ? LauncherOptions(family).rootPermission : [:]
  }

  /// The family of the MPI library with which this program is built.
  private static var family: MPIFamily {
    MessagePassing.Environment.family
  }
}
