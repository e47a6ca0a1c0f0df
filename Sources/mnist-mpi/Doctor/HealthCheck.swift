import Foundation
import HostInspection
import MessagePassing
import OpenBLASEngine

/// Has all ranks say what a diagnosis needs to know of them and of their hosts.
///
/// Made and asked by all ranks alike.
struct HealthCheck {
  let communicator: Communicator
  let place: RankPlace
  /// What this rank computes on.
  let device: String

  /// Writes a line to stderr for each problem that can be seen without waiting, on rank 0.
  ///
  /// Costs two collectives, and on several nodes the hash of the program.
  func warn() throws {
    guard let report = try quickReport() else { return }
    for warning in Diagnosis(report).warnings {
      StandardError.writeLine("\(Program.name): \(warning)")
    }
  }

  /// What can be said at once; nil on other ranks than 0.
  func quickReport() throws -> HealthReport? {
    // A host needs no comparison with itself.
    try gather(place.isFirstOfNode ? host(hashing: place.nodes > 1) : nil)
  }

  /// The quick report and what takes a second: the latency between hosts, the load by others.
  func thoroughReport() throws -> HealthReport? {
    let latencies = try LatencyProbe(communicator, place).measure()
    let load = try LoadProbe(communicator, place).measure()
    var own = place.isFirstOfNode ? host(hashing: true) : nil
    own?.load = load
    own?.network.networks = HostFacts.networks()
    own?.network.connections = HostFacts.connections()
    var report = try gather(own)
    for (node, seconds) in latencies { report?.hosts[node].network.latencySeconds = seconds }
    report?.transports = HostFacts.messageTransports()
    report?.isCUDAAware = Environment.isCUDAAware
    return report
  }

  /// One rank's part of the report.
  private struct Part: Codable {
    let rank: RankReport
    let host: HostReport?
  }

  private func gather(_ host: HostReport?) throws -> HealthReport? {
    let mine = Part(
      rank: RankReport(
        rank: communicator.rank, node: place.node, cores: place.cores, threads: place.threads,
        device: device), host: host)
    let parts = try communicator.gather(Array(try JSONEncoder().encode(mine)))?
      .map { try JSONDecoder().decode(Part.self, from: Data($0)) }
    return parts.map { parts in
      HealthReport(launch: launch, ranks: parts.map(\.rank), hosts: parts.compactMap(\.host))
    }
  }

  private var launch: LaunchReport {
    LaunchReport(
      launcher: LaunchEnvironment.current.launcherName, words: CommandLine.arguments,
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
