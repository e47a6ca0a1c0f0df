import Foundation

/// A program that was started, and all the processes that it started in turn.
///
/// Open MPI gives ranks process groups and helpers sessions of their own, so neither finds them
/// all. What they all inherit is an environment variable with a value that nobody else has.
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

  /// Kills all processes, also those that begin meanwhile.
  func killAll() {
    var victims = members
    while !victims.isEmpty {
      for victim in victims { kill(victim, SIGKILL) }
      usleep(5_000)
      victims = members
    }
  }
}
