/// Names of hosts in a sentence or a command.
enum HostNames {
  /// The first few, and how many more.
  static func list(_ hosts: [String]) -> String {
    guard hosts.count > 4 else { return hosts.joined(separator: ", ") }
    return hosts.prefix(3).joined(separator: ", ") + " and \(hosts.count - 3) more"
  }

  /// A command for one host, as it is typed on rank 0's.
  static func run(_ command: String, on host: HostReport) -> String {
    host.node == 0 ? command : "ssh \(host.host) \(command)"
  }
}
