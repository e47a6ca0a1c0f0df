import Foundation

extension HostFacts {
  /// The number of physical cores among some hardware threads; mpirun counts these as slots.
  ///
  /// - Parameters:
  ///   - threads: numbers of hardware threads, as in `permittedCores`.
  ///   - topology: the directory in which the system describes each of them.
  public static func physicalCoreCount(
    of threads: [Int], topology: String = "/sys/devices/system/cpu"
  ) -> Int {
    let cores = threads.map { thread in
      let path = "\(topology)/cpu\(thread)/topology/thread_siblings_list"
      return (try? String(contentsOfFile: path, encoding: .utf8)) ?? "\(thread)"
    }
    return Set(cores).count
  }

  /// The cores of this process's container or job, in ascending order, whatever the launcher bound it to.
  ///
  /// Requests all cores, reads which of them the system grants, and restores the affinity.
  public static func permittedCores() -> [Int] {
    // Swift does not see these declarations, because they are not part of POSIX.
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

  /// The cores that this process's parent, the launcher, may use; nil if they cannot be read.
  public static func launcherCores() -> [Int]? {
    let cores = allowedCores(of: "\(getppid())")
    return cores.isEmpty ? nil : cores
  }

  /// How many cores' worth of time the control groups of this process grant; nil without a limit.
  public static func cpuQuota() -> Double? {
    ControlGroups(
      groups: systemText("/proc/self/cgroup") ?? "",
      mounts: systemText("/proc/self/mountinfo") ?? ""
    ).cpuQuota(reading: systemText)
  }

  private static func allowedCores(of process: String) -> [Int] {
    field("Cpus_allowed_list", of: "/proc/\(process)/status").map(coreList) ?? []
  }
}
