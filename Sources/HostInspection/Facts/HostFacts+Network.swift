import Foundation

extension HostFacts {
  /// The IPv4 networks to which this host is connected, without loopback.
  public static func networks() -> [HostReport.Network] {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return [] }
    defer { freeifaddrs(list) }
    var networks: [HostReport.Network] = []
    var next = list
    while let entry = next?.pointee {
      next = entry.ifa_next
      let (isUp, isLoopback) = (entry.ifa_flags & 0x1 != 0, entry.ifa_flags & 0x8 != 0)
      guard isUp, !isLoopback, let address = ipv4(entry.ifa_addr),
        let mask = ipv4(entry.ifa_netmask)
      else { continue }
      networks.append(
        HostReport.Network(
          interface: String(cString: entry.ifa_name), address: dotted(address),
          network: "\(dotted(address & mask))/\(mask.nonzeroBitCount)"))
    }
    return networks
  }

  /// The TCP connections of this process with other hosts, without duplicates.
  public static func connections() -> [HostReport.Connection] {
    let own = Set(sockets())
    let here = Set(networks().map(\.address))
    let all = connections(table: systemText("/proc/self/net/tcp") ?? "") { own.contains($0) }
    return Set(all).filter { !here.contains($0.remote) && !$0.remote.hasPrefix("127.") }
      .sorted { ($0.local, $0.remote) < ($1.local, $1.remote) }
  }

  /// The established connections in a table such as /proc/net/tcp for which `isWanted` is true.
  package static func connections(
    table: String, where isWanted: (_ socket: Int) -> Bool
  ) -> [HostReport.Connection] {
    table.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count > 9, words[3] == "01", let socket = Int(words[9]), isWanted(socket),
        let local = address(words[1]), let remote = address(words[2])
      else { return nil }
      return HostReport.Connection(local: local, remote: remote)
    }
  }

  /// The address in a field such as `0100007F:1F90`: a number in memory byte order, and a port.
  private static func address(_ text: Substring) -> String? {
    text.split(separator: ":").first.flatMap { UInt32($0, radix: 16) }
      .map { dotted(UInt32(bigEndian: $0)) }
  }

  /// Numbers of the sockets that this process has open.
  private static func sockets() -> [Int] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return files.compactMap { file in
      let target = try? FileManager.default.destinationOfSymbolicLink(
        atPath: "/proc/self/fd/\(file)")
      guard let target, target.hasPrefix("socket:[") else { return nil }
      return Int(target.dropFirst(8).dropLast())
    }
  }

  private static func ipv4(_ address: UnsafeMutablePointer<sockaddr>?) -> UInt32? {
    guard let address, Int32(address.pointee.sa_family) == AF_INET else { return nil }
    return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
      UInt32(bigEndian: $0.pointee.sin_addr.s_addr)
    }
  }

  private static func dotted(_ address: UInt32) -> String {
    [24, 16, 8, 0].map { "\(address >> $0 & 0xFF)" }.joined(separator: ".")
  }
}
