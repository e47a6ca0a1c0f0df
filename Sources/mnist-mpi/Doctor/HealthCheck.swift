import Foundation
import HostInspection
import MPILaunchers
import MessagePassing
import OpenBLASEngine

/// Gathers from all ranks the facts about them and their hosts that a diagnosis needs.
///
/// All ranks create it and call its methods.
struct HealthCheck {
  let communicator: Communicator
  let place: RankPlace
  let device: DeviceChoice

  /// Writes, on rank 0, one line to stderr for each problem in the quick report.
  ///
  /// Takes two collectives, and on several nodes the time to hash the executable.
  func warn() throws {
    guard let report = try quickReport() else { return }
    for warning in Diagnosis(report).warnings {
      StandardError.writeLine("\(Program.name): \(warning)")
    }
  }

  /// The facts that take no measurement; nil on all ranks but 0.
  func quickReport() throws -> HealthReport? {
    // The hash serves to compare hosts, so a single node does not need it.
    try gather(place.isFirstOfNode ? host(hashing: place.nodes > 1) : nil)
  }

  /// All facts, also those that take about a second to measure; nil on all ranks but 0.
  ///
  /// Measured are the latency between hosts and the load by other programs.
  func thoroughReport() throws -> HealthReport? {
    let latencies = try LatencyProbe(communicator, place).measure()
    let load = try LoadProbe(communicator, place).measure()
    var ownHost = place.isFirstOfNode ? host(hashing: true) : nil
    ownHost?.load = load
    ownHost?.hugePages = HostFacts.hugePages()
    ownHost?.network.networks = HostFacts.networks()
    ownHost?.network.connections = HostFacts.connections()
    var report = try gather(ownHost)
    for (node, seconds) in latencies { report?.hosts[node].network.latencySeconds = seconds }
    report?.transports = HostFacts.messageTransports()
    report?.isCUDAAware = Environment.isCUDAAware
    report?.launch.missingKeepalive = KeepaliveParameters.missing()
    report?.reasonForCPU = device.reasonForCPU
    return report
  }

  /// One rank's contribution to the report; the first rank of a node adds the host.
  private struct Part: Codable {
    let rank: RankReport
    let host: HostReport?
  }

  private func gather(_ host: HostReport?) throws -> HealthReport? {
    let part = Part(
      rank: RankReport(
        rank: communicator.rank, node: place.node, cores: place.cores, threads: place.threads,
        device: device.text), host: host)
    let parts = try communicator.gather(Array(try JSONEncoder().encode(part)))?
      .map { try JSONDecoder().decode(Part.self, from: Data($0)) }
    return parts.map { parts in
      HealthReport(launch: launch, ranks: parts.map(\.rank), hosts: parts.compactMap(\.host))
    }
  }

  private var launch: LaunchReport {
    let family = Environment.family
    return LaunchReport(
      launcher: LaunchEnvironment.current.launcherName, family: family,
      command: LauncherCommand.name(of: family), words: CommandLine.arguments,
      isAllocation: ProcessInfo.processInfo.environment["SLURM_JOB_ID"] != nil,
      ranks: communicator.size, nodes: place.nodes)
  }

  private func host(hashing: Bool) -> HostReport {
    HostReport(
      node: place.node, host: communicator.processorName, cpu: HostFacts.cpuName(),
      permittedCores: HostFacts.permittedCores(), launcherCores: HostFacts.launcherCores(),
      cpuQuota: HostFacts.cpuQuota(), sharedMemory: HostFacts.sharedMemory(),
      software: HostReport.Software(
        path: ProgramVersion.executablePath,
        sha256: hashing ? ProgramVersion.executableSHA256() : "",
        revision: ProgramVersion.revision, mpi: Environment.libraryVersion, blas: BLAS.version,
        blasKernel: BLAS.kernel))
  }
}
