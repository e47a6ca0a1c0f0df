import Foundation

extension HostFacts {
  /// The cores that the system lets this process use if it asks, in ascending order: those of its
  /// container or job, however narrowly the launcher bound it.
  ///
  /// Asks for all cores, sees which of them are granted, and goes back to those of before.
  public static func permittedCores() -> [Int] {
    // Not declared to programs that keep to POSIX, as Swift's are.
    typealias Call = @convention(c) (pid_t, Int, UnsafeMutableRawPointer?) -> Int32
    guard let get = dlsym(nil, "sched_getaffinity").map({ unsafeBitCast($0, to: Call.self) }),
      let set = dlsym(nil, "sched_setaffinity").map({ unsafeBitCast($0, to: Call.self) })
    else { return allowedCores() }
    var before = [UInt64](repeating: 0, count: 128)
    var all = [UInt64](repeating: .max, count: 128)
    let bytes = before.count * MemoryLayout<UInt64>.stride
    guard get(0, bytes, &before) > -1, set(0, bytes, &all) == 0 else { return allowedCores() }
    defer { _ = set(0, bytes, &before) }
    let cores = allowedCores(of: "thread-self")
    return cores.isEmpty ? allowedCores() : cores
  }

  /// The cores that the process which started this one may use; nil where it cannot be seen.
  public static func launcherCores() -> [Int]? {
    let cores = allowedCores(of: "\(getppid())")
    return cores.isEmpty ? nil : cores
  }

  /// How many cores' worth of time the control groups of this process grant; nil without a limit.
  ///
  /// A container may show all cores of its host and yet get the time of a few.
  public static func cpuQuota() -> Double? {
    let own =
      (systemText("/proc/self/cgroup") ?? "").split(separator: "\n")
      .first { $0.hasPrefix("0::") }.map { String($0.dropFirst(3)) } ?? "/"
    var path = own.split(separator: "/")
    var quota: Double?
    // The limits of all groups above it hold too.
    while true {
      let file = (["/sys/fs/cgroup"] + path + ["cpu.max"]).joined(separator: "/")
      if let granted = systemText(file).flatMap(cpuQuota(text:)) {
        quota = min(granted, quota ?? granted)
      }
      if path.popLast() == nil { return quota }
    }
  }

  /// Cores' worth of time by a text such as `150000 100000`; nil for `max 100000`.
  package static func cpuQuota(text: String) -> Double? {
    let numbers = text.split(whereSeparator: \.isWhitespace).map { Double($0) }
    guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], period > 0 else {
      return nil
    }
    return quota / period
  }

  private static func allowedCores(of process: String) -> [Int] {
    field("Cpus_allowed_list", of: "/proc/\(process)/status").map(coreList) ?? []
  }
}
