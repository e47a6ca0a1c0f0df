import Foundation
import TestSupport

/// A control group of version 1 that limits the processor time of its processes.
struct ControlGroup {
  /// The directory of the group.
  private let path: String

  /// Whether this process may create such groups.
  static let isAvailable: Bool = {
    guard geteuid() == 0, let trial = try? ControlGroup(quota: 100_000, period: 100_000) else {
      return false
    }
    trial.remove()
    return true
  }()

  /// Creates a group directly below the root of the mounted `cpu` hierarchy.
  ///
  /// - Parameters:
  ///   - quota: microseconds of processor time in each period.
  ///   - period: the length of a period in microseconds.
  /// - Throws: an error if no such hierarchy is mounted or the system does not permit the group.
  init(quota: Int, period: Int) throws {
    guard let hierarchy = Self.cpuHierarchy() else {
      throw SupportError("no cpu hierarchy of control groups is mounted")
    }
    path = "\(hierarchy)/mnist-mpi-\(UUID().uuidString)"
    guard mkdir(path, 0o755) == 0 else { throw SupportError("cannot create \(path)") }
    do {
      try write(period, to: "cpu.cfs_period_us")
      try write(quota, to: "cpu.cfs_quota_us")
    } catch {
      remove()
      throw error
    }
  }

  /// The words to put before a command, so that it runs in this group.
  var prefix: [String] { ["sh", "-c", "echo $$ > \(path)/cgroup.procs; exec \"$@\"", "sh"] }

  /// Removes the group after all its processes have ended.
  func remove() {
    // The system may remove an ended process from its group a moment later.
    var attempts = 1
    while rmdir(path) != 0, errno == EBUSY, attempts < 100 {
      attempts += 1
      usleep(20_000)
    }
  }

  private func write(_ value: Int, to file: String) throws {
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(path)/\(file)"))
    try handle.write(contentsOf: Data("\(value)".utf8))
    try handle.close()
  }

  /// The directory where the `cpu` hierarchy of version 1 is mounted; nil if it is not.
  private static func cpuHierarchy() -> String? {
    let mounts = try? FileHandle(forReadingAtPath: "/proc/self/mounts")?.readToEnd()
    // device, directory, type, options, and two numbers; see proc(5).
    for line in String(decoding: mounts ?? Data(), as: UTF8.self).split(separator: "\n") {
      let fields = line.split(separator: " ").map(String.init)
      guard fields.count > 3, fields[2] == "cgroup" else { continue }
      if fields[3].split(separator: ",").contains("cpu") { return fields[1] }
    }
    return nil
  }
}
