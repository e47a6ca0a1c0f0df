/// Host names as parts of a sentence or of a command.
enum HostNames {
  /// All names up to four; otherwise the first three, and the number of the others.
  static func list(_ hosts: [String]) -> String {
    guard hosts.count > 4 else { return hosts.joined(separator: ", ") }
    return hosts.prefix(3).joined(separator: ", ") + " and \(hosts.count - 3) more"
  }

  /// A command for `host` as typed on rank 0's host: through ssh unless it is that host.
  static func run(_ command: String, on host: HostReport) -> String {
    host.node == 0 ? command : "ssh \(host.host) \(command)"
  }
}
