import Foundation

/// The parameters of Open MPI with which its daemons notice a lost host within seconds.
///
/// mpirun and the daemons on other hosts are connected by TCP. Without keepalive probes a connection
/// to a host that lost its network or its power stays open for minutes, and the ranks wait.
public enum KeepaliveParameters {
  /// Seconds until the first probe, between probes, and how many may stay unanswered.
  public static let recommended = [
    ("oob_tcp_keepalive_time", "2"), ("oob_tcp_keepalive_intvl", "1"),
    ("oob_tcp_keepalive_probes", "3"),
  ]

  /// The parameters that neither the environment nor a parameter file sets.
  ///
  /// - Parameter files: contents of Open MPI's parameter files, with lines such as `name = value`.
  public static func missing(environment: [String: String], files: [String]) -> [String] {
    let lines = files.flatMap { $0.split(whereSeparator: \.isNewline) }
    let names = Set(
      lines.compactMap { line in
        line.split(separator: "#", omittingEmptySubsequences: false)[0].split(separator: "=").first
      }.map { $0.filter { !$0.isWhitespace } })
    return recommended.map(\.0).filter {
      environment["OMPI_MCA_\($0)"] == nil && !names.contains($0)
    }
  }

  /// The parameters missing on this host: Open MPI reads a file of the user and one of the system.
  public static func missing() -> [String] {
    let environment = ProcessInfo.processInfo.environment
    let paths = [
      "\(environment["HOME"] ?? "")/.openmpi/mca-params.conf",
      "/etc/openmpi/openmpi-mca-params.conf",
    ]
    return missing(
      environment: environment,
      files: paths.compactMap { try? String(contentsOfFile: $0, encoding: .utf8) })
  }
}
