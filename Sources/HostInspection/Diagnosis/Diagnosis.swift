import RunRecords
import SystemSupport
import TextTables

/// What is well and what is not before a run, with the remedy of each problem.
///
/// Works on what all ranks said; parts of a report that nobody looked up are passed over.
public struct Diagnosis: Codable, Equatable, Sendable {
  public var findings: [Finding]
  /// How many of them are problems.
  public var problemCount: Int
  /// What the findings follow from; nil where the ranks never came together.
  public var report: HealthReport?

  /// Judges a report.
  public init(_ report: HealthReport) {
    self.report = report
    findings =
      [Self.launcher(report)] + Self.binding(report) + Self.oversubscription(report)
      + Self.sharedCores(report) + Self.devices(report) + Self.network(report)
      + [Self.cuda(report)] + Self.sharedMemory(report) + Self.load(report)
      + Self.versions(report)
    problemCount = findings.count(where: \.isProblem)
  }

  /// A launch that could not even begin.
  public init(refused problem: String, fix: String) {
    findings = [Finding(.launcher, problem: problem, fix: fix)]
    problemCount = 1
  }

  /// What the command `doctor` prints: a line for each fact, two for each problem, the count.
  public var text: String {
    (findings.flatMap(\.lines) + [NumberText.count(problemCount, "finding", "findings")])
      .joined(separator: "\n")
  }

  /// A line for each problem and none for facts, as a run prints them when it starts.
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

  /// Two ranks of a node on one GPU.
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
    return [Finding(.device, kinds.joined(separator: ", "))]
  }

  private static func cuda(_ report: HealthReport) -> Finding {
    let library = report.hosts.first?.software.mpi ?? "MPI"
    let ability =
      switch report.isCUDAAware {
      case true?: "can send from a GPU's memory"
      case false?: "cannot send from a GPU's memory, which ranks on the CPU do not need"
      case nil: "does not say whether it can send from a GPU's memory"
      }
    return Finding(.cuda, "\(library) \(ability)")
  }
}
