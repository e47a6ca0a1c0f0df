import RunRecords
import SystemSupport
import TextTables

/// The findings about a launch before a run: facts, and problems with their remedies.
///
/// They follow from what all ranks and hosts reported. Parts of a report that were not collected
/// are skipped, so that the short check at the start of a run applies the same rules.
public struct Diagnosis: Codable, Equatable, Sendable {
  public var findings: [Finding]
  /// The number of findings that are problems.
  public var problemCount: Int
  /// The report that the findings follow from; nil if MPI could not start.
  public var report: HealthReport?

  /// Derives the findings from a report.
  public init(_ report: HealthReport) {
    self.report = report
    findings =
      [Self.launcher(report)] + Self.binding(report) + Self.oversubscription(report)
      + Self.sharedCores(report) + Self.devices(report) + Self.network(report)
      + [Self.cuda(report)] + Self.sharedMemory(report) + Self.hugePages(report)
      + Self.load(report) + Self.versions(report)
    problemCount = findings.count(where: \.isProblem)
  }

  /// The diagnosis of a launch under which MPI cannot start.
  public init(refused problem: String, fix: String) {
    findings = [Finding(.launcher, problem: problem, fix: fix)]
    problemCount = 1
  }

  /// The output of the command `doctor`: the lines of all findings, then the number of problems.
  public var text: String {
    (findings.flatMap(\.lines) + [NumberText.count(problemCount, "finding", "findings")])
      .joined(separator: "\n")
  }

  /// One line for each problem and none for facts; a run prints them when it starts.
  public var warnings: [String] {
    findings.compactMap { finding in
      finding.remedy.map {
        "warning: \(finding.subject.rawValue): \(finding.text); fix: \($0)"
      }
    }
  }

  /// The diagnosis as JSON with sorted keys.
  ///
  /// - Throws: `NotFiniteError` if a number is not finite.
  public func json() throws(NotFiniteError) -> String {
    try SortedJSON.text(self)
  }

  private static func launcher(_ report: HealthReport) -> Finding {
    let launch = report.launch
    return Finding(
      .launcher,
      "\(launch.launcher), \(NumberText.count(launch.ranks, "rank", "ranks")) on "
        + "\(NumberText.count(launch.nodes, "node", "nodes")) "
        + "(\(HostNames.list(report.hosts.map(\.host))))")
  }

  /// Finds GPUs on which more than one rank of a node computes.
  private static func devices(_ report: HealthReport) -> [Finding] {
    var problems: [Finding] = []
    let distinct = report.nodes.map { node in Set(node.ranks.map(\.device)).count }
    for node in report.nodes {
      let byDevice = Dictionary(grouping: node.ranks, by: \.device)
      for (device, ranks) in byDevice.sorted(by: { $0.key < $1.key })
      where device.hasPrefix("cuda") && ranks.count > 1 {
        var command = LaunchCommand(report.launch)
        command.spread(ranksPerNode: distinct.min() ?? 1)
        problems.append(
          Finding(
            .device,
            problem: "\(node.host.host): ranks \(NumberText.ranges(ranks.map(\.rank))) compute on "
              + "one GPU (\(device))", fix: command.text))
      }
    }
    guard problems.isEmpty else { return problems }
    let kinds = Set(report.ranks.map { $0.device.split(separator: " ").first ?? "" }).sorted()
    let reason = report.reasonForCPU.map { " (\($0))" } ?? ""
    return [Finding(.device, kinds.joined(separator: ", ") + reason)]
  }

  private static func cuda(_ report: HealthReport) -> Finding {
    let library = report.hosts.first?.software.mpi ?? "MPI"
    let ability =
      switch report.isCUDAAware {
      case true?: "can send from a GPU's memory"
      case false?: "cannot send from a GPU's memory, which ranks on the CPU do not need"
      case nil: "does not report whether it can send from a GPU's memory"
      }
    return Finding(.cuda, "\(library) \(ability)")
  }
}
