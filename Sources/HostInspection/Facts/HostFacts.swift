import Foundation
import RunRecords

/// What the operating system says of this host and this process (Linux).
public enum HostFacts {
  /// The processor's name.
  public static func cpuName() -> String {
    field("model name", of: "/proc/cpuinfo") ?? field("CPU part", of: "/proc/cpuinfo") ?? "unknown"
  }

  /// Processors that the system runs on.
  public static func onlineCores() -> Int { sysconf(Int32(_SC_NPROCESSORS_ONLN)) }

  /// Memory of the host.
  public static func memoryBytes() -> UInt64 {
    UInt64(sysconf(Int32(_SC_PHYS_PAGES))) * UInt64(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// The system's own name for itself.
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

  /// The numbers that a list such as `0-3,8` stands for.
  static func coreList(_ text: String) -> [Int] {
    text.split(separator: ",").flatMap { part in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first <= last else { return [Int]() }
      return Array(first...last)
    }
  }

  /// How narrowly a process that may use `cores` is bound.
  public static func bindingClass(of cores: [Int]) -> BindingClass {
    if cores.count >= onlineCores() { return .none }
    return cores.count == 1 ? .core : .severalCores
  }

  /// What Open MPI has loaded to move messages, such as `btl/vader`, `btl/tcp`, `pml/ob1`.
  ///
  /// It keeps only the plugins that it uses, and each is a file of its own. Empty for other libraries,
  /// or where the plugins are built in.
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

  /// The most memory that this process ever had resident.
  public static func peakMemoryBytes() -> UInt64 {
    let text = field("VmHWM", of: "/proc/self/status")?.split(separator: " ").first
    return text.flatMap { UInt64($0) }.map { $0 * 1024 } ?? 0
  }

  /// How long ago this process started, to a hundredth of a second.
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

  /// The whole of a file of /proc, which may be longer than a page: that is all that reading it as a
  /// file of known size would give.
  static func systemText(_ path: String) -> String? {
    (try? FileHandle(forReadingAtPath: path)?.readToEnd())
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// The value of the first line that begins with `name`, as files of /proc have them.
  static func field(_ name: String, of path: String) -> String? {
    (try? String(contentsOfFile: path, encoding: .utf8))?
      .split(separator: "\n").first { $0.hasPrefix(name) }
      .flatMap { $0.split(separator: ":", maxSplits: 1).last }
      .map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
