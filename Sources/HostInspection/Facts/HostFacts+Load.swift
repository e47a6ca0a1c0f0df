import Foundation

/// What some cores have done since the system started.
public struct CoreTimes: Equatable, Sendable {
  /// Time of all programs and of the system, in seconds, the cores' added up.
  public var busySeconds: Double
  /// Time in which a core had work, but the hypervisor let another machine compute.
  public var stolenSeconds: Double

  /// Both at once.
  public init(busySeconds: Double, stolenSeconds: Double) {
    self.busySeconds = busySeconds
    self.stolenSeconds = stolenSeconds
  }
}

/// What one process has done since it started.
public struct ProcessTime: Equatable, Sendable {
  /// When it started, in clock ticks since the system did: with the id it tells processes apart.
  public var startTicks: Int
  public var cpuSeconds: Double
  /// The core that it ran on last; nil for several threads, which may have been anywhere.
  public var core: Int?

  /// All fields at once.
  public init(startTicks: Int, cpuSeconds: Double, core: Int?) {
    self.startTicks = startTicks
    self.cpuSeconds = cpuSeconds
    self.core = core
  }
}

extension HostFacts {
  /// What `cores` have done, to a hundredth of a second; nil where the system does not say.
  public static func coreTimes(of cores: [Int]) -> CoreTimes? {
    systemText("/proc/stat").flatMap {
      coreTimes(of: cores, stat: $0, ticksPerSecond: ticksPerSecond)
    }
  }

  /// The same from the text of /proc/stat, see proc(5).
  package static func coreTimes(of cores: [Int], stat: String, ticksPerSecond: Double)
    -> CoreTimes?
  {
    let names = Set(cores.map { "cpu\($0)" })
    var found = 0
    var times = CoreTimes(busySeconds: 0, stolenSeconds: 0)
    for line in stat.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let name = words.first, names.contains(String(name)) else { continue }
      let ticks = words.dropFirst().compactMap { Double($0) }
      // A system that has never been idle nor busy does not count.
      guard ticks.count >= 8, ticks.contains(where: { $0 > 0 }) else { return nil }
      found += 1
      // user, nice, system, then idle and waiting for disks, irq, softirq, steal.
      times.busySeconds += (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) / ticksPerSecond
      times.stolenSeconds += ticks[7] / ticksPerSecond
    }
    return found == names.count && found > 0 ? times : nil
  }

  /// All processes that can be seen, by their ids.
  public static func processTimes() -> [Int: ProcessTime] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int($0) }.reduce(into: [:]) { times, process in
      times[process] = systemText("/proc/\(process)/stat").flatMap {
        processTime(stat: $0, ticksPerSecond: ticksPerSecond)
      }
    }
  }

  /// One process from the text of its `stat`, see proc(5).
  package static func processTime(stat: String, ticksPerSecond: Double) -> ProcessTime? {
    // The name in parentheses may hold anything; field 3 follows it.
    guard let name = stat.lastIndex(of: ")") else { return nil }
    let fields = stat[name...].split(separator: " ")
    func field(_ number: Int) -> Int? {
      number - 2 < fields.count ? Int(fields[number - 2]) : nil
    }
    guard let user = field(14), let system = field(15), let start = field(22) else { return nil }
    return ProcessTime(
      startTicks: start, cpuSeconds: Double(user + system) / ticksPerSecond,
      core: field(20) == 1 ? field(39) : nil)
  }

  /// What a process was started as, cut after 60 characters; empty for a part of the system.
  public static func command(of process: Int) -> String {
    let words = (systemText("/proc/\(process)/cmdline") ?? "").split(separator: "\0")
    let text = words.joined(separator: " ").split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
    return text.count > 60 ? text.prefix(57) + "..." : text
  }

  /// Processor time that all threads of this process have taken, in seconds.
  public static func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static var ticksPerSecond: Double { Double(sysconf(Int32(_SC_CLK_TCK))) }
}
