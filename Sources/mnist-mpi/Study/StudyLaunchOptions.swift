import ArgumentParser
import Foundation
import HostInspection
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
    return LaunchSettings(launcher: words, hostfile: hostfile, oversubscribe: oversubscribe)
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
    geteuid() == 0
      ? ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"] : [:]
  }
}
