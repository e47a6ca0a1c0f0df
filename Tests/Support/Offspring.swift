import Foundation

/// A started program and all processes that it started, directly or indirectly.
///
/// Open MPI puts ranks into separate process groups and helpers into separate sessions, so neither
/// identifies all of them. All of them inherit an environment variable with a unique value.
struct Offspring {
  static let variable = "MPI_RUN_MARK"

  let mark = UUID().uuidString

  /// The processes that are alive.
  var members: [pid_t] {
    let entry = Data("\(Self.variable)=\(mark)".utf8)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.filter { process in
      let environment = FileManager.default.contents(atPath: "/proc/\(process)/environ")
      return environment?.range(of: entry) != nil
    }
  }

  /// Kills all processes, including those that are started in the meantime.
  func killAll() {
    var alive = members
    while !alive.isEmpty {
      for process in alive { kill(process, SIGKILL) }
      usleep(5_000)
      alive = members
    }
  }
}
