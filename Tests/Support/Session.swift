import Foundation

/// The processes of one session: a program that was started as its leader, and all its offspring.
///
/// Open MPI gives each rank a process group of its own, so killing mpirun's group leaves the ranks
/// behind. None of them leaves the session.
struct Session {
  let leader: pid_t

  /// The processes of the session that are alive.
  var members: [pid_t] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.filter { isAliveMember($0) }
  }

  /// Kills all processes of the session and returns how many there were.
  @discardableResult
  func kill() -> Int {
    let victims = members
    for victim in victims { Foundation.kill(victim, SIGKILL) }
    return victims.count
  }

  private func isAliveMember(_ process: pid_t) -> Bool {
    // proc(5), stat: pid (name) state parent group session ...; the name may hold any character.
    guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let name = stat.lastIndex(of: ")")
    else { return false }
    let fields = stat[name...].dropFirst().split(separator: " ")
    return fields.count > 3 && fields[0] != "Z" && pid_t(fields[3]) == leader
  }
}
