import Foundation
import RunRecords

/// Facts about this host and this process, read from the operating system (Linux).
public enum HostFacts {
  /// The processor's name.
  public static func cpuName() -> String {
    field("model name", of: "/proc/cpuinfo") ?? field("CPU part", of: "/proc/cpuinfo") ?? "unknown"
  }

  /// The number of processors that are online.
  public static func onlineCores() -> Int { sysconf(Int32(_SC_NPROCESSORS_ONLN)) }

  /// The physical memory of the host.
  public static func memoryBytes() -> UInt64 {
    UInt64(sysconf(Int32(_SC_PHYS_PAGES))) * UInt64(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// The name and version of the operating system, from /etc/os-release.
  public static func operatingSystem() -> String {
    (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8))?
      .split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
      .map { $0.dropFirst(12).trimmingCharacters(in: ["\""]) } ?? "unknown"
  }

  /// The cores that this process may use, in ascending order.
  public static func allowedCores() -> [Int] {
    let cores = field("Cpus_allowed_list", of: "/proc/self/status").map(coreList) ?? []
    return cores.isEmpty ? Array(0..<onlineCores()) : cores
  }

  /// Parses a list of core numbers such as `0-3,8`.
  static func coreList(_ text: String) -> [Int] {
    text.split(separator: ",").flatMap { part in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first <= last else { return [Int]() }
      return Array(first...last)
    }
  }

  /// The binding of a process that may use `cores`.
  public static func bindingClass(of cores: [Int]) -> BindingClass {
    if cores.count >= onlineCores() { return .none }
    return cores.count == 1 ? .core : .severalCores
  }

  /// Plugins that Open MPI has loaded for message transport, such as `btl/vader` or `pml/ob1`.
  ///
  /// Open MPI keeps only the plugins that it uses, and each plugin is a separate file. Empty for
  /// other libraries, or if the plugins are built in.
  public static func messageTransports() -> [String] {
    let names = (systemText("/proc/self/maps") ?? "")
      .split(separator: "\n").compactMap { line -> String? in
        guard let file = line.split(separator: "/").last, file.hasPrefix("mca_"),
          let name = file.dropFirst(4).split(separator: ".").first
        else { return nil }
        let parts = name.split(separator: "_", maxSplits: 1)
        guard parts.count == 2, ["btl", "pml", "mtl"].contains(parts[0]) else { return nil }
        return "\(parts[0])/\(parts[1])"
      }
    return Array(Set(names)).sorted()
  }

  /// The largest resident size of this process so far.
  public static func peakMemoryBytes() -> UInt64 {
    let text = field("VmHWM", of: "/proc/self/status")?.split(separator: " ").first
    return text.flatMap { UInt64($0) }.map { $0 * 1024 } ?? 0
  }

  /// The time since this process started, with a resolution of a hundredth of a second.
  public static func secondsSinceProcessStart() -> Double {
    guard let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
      let name = stat.lastIndex(of: ")")
    else { return 0 }
    // After the name in parentheses, field 22 of proc(5) is the 20th: the start in clock ticks.
    let fields = stat[name...].split(separator: " ")
    guard fields.count > 20, let ticks = Double(fields[20]) else { return 0 }
    var now = timespec()
    clock_gettime(CLOCK_BOOTTIME, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
      - ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Reads a whole file of /proc or /sys; nil if it cannot be read.
  ///
  /// Such a file may be longer than a page, and reading it as a file of known size would return
  /// only one page.
  static func systemText(_ path: String) -> String? {
    (try? FileHandle(forReadingAtPath: path)?.readToEnd())
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// The value after the colon in the first line of a /proc file that begins with `name`.
  static func field(_ name: String, of path: String) -> String? {
    (try? String(contentsOfFile: path, encoding: .utf8))?
      .split(separator: "\n").first { $0.hasPrefix(name) }
      .flatMap { $0.split(separator: ":", maxSplits: 1).last }
      .map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
