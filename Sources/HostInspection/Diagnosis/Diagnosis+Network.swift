import TextTables

/// Findings about the network between hosts.
extension Diagnosis {
  /// A latency above that of any local network: seconds for 1 KiB in one direction.
  private static let longLatency = 1e-3

  /// Finds hosts with a high latency to rank 0's host.
  static func network(_ report: HealthReport) -> [Finding] {
    guard let first = report.hosts.first, report.launch.ranks > 1 else {
      return [Finding(.network, "one rank sends no messages")]
    }
    guard report.hosts.count > 1 else {
      let transports = report.transports.filter { $0.hasPrefix("btl/") && $0 != "btl/self" }
      return [
        Finding(
          .network,
          "none needed on one node"
            + (transports.isEmpty ? "" : ", loaded: \(transports.joined(separator: ", "))"))
      ]
    }
    return latency(report, from: first) + keepalive(report)
  }

  /// Finds that a lost host would be noticed only after minutes.
  private static func keepalive(_ report: HealthReport) -> [Finding] {
    guard report.launch.launcher == "mpirun", report.launch.family == .openMPI,
      let missing = report.launch.missingKeepalive,
      !missing.isEmpty
    else { return [] }
    let settings = KeepaliveParameters.recommended.filter { missing.contains($0.0) }
      .map { "OMPI_MCA_\($0.0)=\($0.1)" }
    return [
      Finding(
        .lostHosts,
        problem: "mpirun would notice a lost host only after minutes, while all ranks wait",
        fix: "export \(settings.joined(separator: " "))")
    ]
  }

  private static func latency(_ report: HealthReport, from first: HostReport) -> [Finding] {
    let measured = report.hosts.filter { $0.network.latencySeconds != nil }
    let far = measured.filter { ($0.network.latencySeconds ?? 0) > longLatency }
    guard !measured.isEmpty, far.isEmpty else {
      return far.map { host in
        Finding(
          .network,
          problem: "1 KiB takes \(connection(first, host, report)), more than the 1000 us of a "
            + "slow local network", fix: remedy(first, host, report))
      }
    }
    return [
      Finding(
        .network, "1 KiB takes " + HostNames.list(measured.map { connection(first, $0, report) }))
    ]
  }

  /// Latency, hosts and transport, such as `31 us node1 - node2 (btl/tcp, eth0 10.0.0.2)`.
  private static func connection(_ first: HostReport, _ host: HostReport, _ report: HealthReport)
    -> String
  {
    let used = usedNetworks(first, host)
    let transports = report.transports.filter {
      !["btl/self", "btl/vader", "btl/sm", "pml/ob1"].contains($0)
    }
    let details = transports + used.map { "\($0.interface) \($0.address)" }
    return "\(NumberText.fixed(host.network.latencySeconds.map { 1e6 * $0 }, 0)) us "
      + "\(first.host) - \(host.host)"
      + (details.isEmpty ? "" : " (\(details.joined(separator: ", ")))")
  }

  /// The networks of `host` through which it is connected to the first host.
  private static func usedNetworks(_ first: HostReport, _ host: HostReport)
    -> [HostReport.Network]
  {
    let addresses = Set(first.network.networks.map(\.address))
    let local = Set(host.network.connections.filter { addresses.contains($0.remote) }.map(\.local))
    return host.network.networks.filter { local.contains($0.address) }
  }

  /// A command that uses another common network; a `ping` if there is no other.
  private static func remedy(
    _ first: HostReport, _ host: HostReport, _ report: HealthReport
  ) -> String {
    let used = Set(usedNetworks(first, host).map(\.network))
    let shared = Set(first.network.networks.map(\.network))
      .intersection(host.network.networks.map(\.network))
    guard let other = shared.subtracting(used).sorted().first,
      let interface = host.network.networks.first(where: { $0.network == other })?.interface
    else {
      return "ping -c 20 \(host.host) (no other network joins the two; look for what slows this "
        + "one)"
    }
    var command = LaunchCommand(report.launch)
    command.use(network: other, interface: interface)
    return command.text
  }
}
