/// The control groups of a process that can limit its processor time, of version 1 and version 2.
///
/// A container may show all cores of its host and yet grant the time of a few: by `cpu.max` in the unified
/// hierarchy of version 2, or by `cpu.cfs_quota_us` in the `cpu` hierarchy of version 1, which is still
/// usual at HPC centres. Sources: cgroups(7); the kernel's "Control Group v2" and "CFS Bandwidth Control".
package struct ControlGroups: Equatable {
  /// A group's directory and those above it, up to the root of the mounted hierarchy.
  package struct Hierarchy: Equatable {
    package let isVersion1: Bool
    /// The directories, the process's own group first.
    package let directories: [String]
  }

  package let hierarchies: [Hierarchy]

  /// The hierarchies in which processor time can be limited.
  ///
  /// - Parameters:
  ///   - groups: the content of /proc/self/cgroup.
  ///   - mounts: the content of /proc/self/mountinfo.
  package init(groups: String, mounts: String) {
    hierarchies = mounts.split(separator: "\n").compactMap { line in
      Mount(line).flatMap { Self.hierarchy(of: $0, groups: groups) }
    }
  }

  /// How many cores' worth of time all of these groups grant; nil without a limit.
  ///
  /// - Parameter read: the content of a file, nil if it cannot be read.
  package func cpuQuota(reading read: (String) -> String?) -> Double? {
    // The limits of all groups above a group hold for it too.
    hierarchies.flatMap { hierarchy in
      hierarchy.directories.compactMap { directory -> Double? in
        if hierarchy.isVersion1 {
          guard let quota = read("\(directory)/cpu.cfs_quota_us"),
            let period = read("\(directory)/cpu.cfs_period_us")
          else { return nil }
          return Self.cpuQuota(quota: quota, period: period)
        }
        return read("\(directory)/cpu.max").flatMap(Self.cpuQuota(text:))
      }
    }.min()
  }

  /// Cores' worth of time by the content of a `cpu.max` file, such as `150000 100000`; nil for
  /// `max 100000`.
  package static func cpuQuota(text: String) -> Double? {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    return words.count == 2 ? cpuQuota(quota: words[0], period: words[1]) : nil
  }

  /// Cores' worth of time by a quota and a period in microseconds; nil without a limit, which is a quota
  /// of -1 in version 1.
  private static func cpuQuota(quota: String, period: String) -> Double? {
    func number(_ text: String) -> Double? {
      text.split(whereSeparator: \.isWhitespace).first.flatMap { Double($0) }
    }
    guard let quota = number(quota), let period = number(period), quota > 0, period > 0 else {
      return nil
    }
    return quota / period
  }

  private static func hierarchy(of mount: Mount, groups: String) -> Hierarchy? {
    guard let group = group(of: mount, groups: groups) else { return nil }
    // In a container the mounted root may be the group itself, which is then not part of the path.
    var below = group.split(separator: "/")[...]
    let root = mount.root.split(separator: "/")
    below = below.starts(with: root) ? below.dropFirst(root.count) : []
    var directories: [String] = []
    while true {
      directories.append(([Substring(mount.point)] + below).joined(separator: "/"))
      if below.popLast() == nil { break }
    }
    return Hierarchy(isVersion1: mount.isVersion1, directories: directories)
  }

  /// The process's group in a mounted hierarchy, from lines such as `4:cpu,cpuacct:/job/12` and `0::/job`.
  private static func group(of mount: Mount, groups: String) -> String? {
    for line in groups.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let controllers = parts[1].split(separator: ",")
      let matches = mount.isVersion1 ? controllers.contains("cpu") : parts[0] == "0"
      if matches { return String(parts[2]) }
    }
    return nil
  }

  /// A mounted hierarchy that can limit processor time, from a line of mountinfo.
  private struct Mount {
    let root: String
    let point: String
    let isVersion1: Bool

    init?(_ line: Substring) {
      // 36 35 98:0 /root /point options... - type source super-options; see proc(5).
      guard let separator = line.firstRange(of: " - ") else { return nil }
      let before = line[..<separator.lowerBound].split(separator: " ")
      let after = line[separator.upperBound...].split(separator: " ")
      guard before.count >= 5, let type = after.first, let options = after.last else { return nil }
      isVersion1 = type == "cgroup"
      guard type == "cgroup2" || (isVersion1 && options.split(separator: ",").contains("cpu"))
      else { return nil }
      root = String(before[3])
      point = before[4] == "/" ? "" : String(before[4])
    }
  }
}
