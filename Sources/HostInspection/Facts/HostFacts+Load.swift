import Foundation

/// Processor times of some cores since the system started, summed over the cores.
public struct CoreTimes: Equatable, Sendable {
  /// Time used by all programs and by the system.
  public var busySeconds: Double
  /// Time in which a core had work, but the hypervisor ran another virtual machine.
  public var stolenSeconds: Double

  /// Both at once.
  public init(busySeconds: Double, stolenSeconds: Double) {
    self.busySeconds = busySeconds
    self.stolenSeconds = stolenSeconds
  }
}

/// The processor time of one process since it started.
public struct ProcessTime: Equatable, Sendable {
  /// Start time in clock ticks after the system's start; with the id it identifies the process.
  public var startTicks: Int
  public var cpuSeconds: Double
  /// The core that it ran on last; nil for several threads, which may have run on any core.
  public var core: Int?

  /// All fields at once.
  public init(startTicks: Int, cpuSeconds: Double, core: Int?) {
    self.startTicks = startTicks
    self.cpuSeconds = cpuSeconds
    self.core = core
  }
}

extension HostFacts {
  /// Times of `cores`, to a hundredth of a second; nil if the system does not report them.
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
      // A system on which a core was never idle and never busy does not measure these times.
      guard ticks.count >= 8, ticks.contains(where: { $0 > 0 }) else { return nil }
      found += 1
      // The columns are user, nice, system, idle, iowait, irq, softirq, steal.
      times.busySeconds += (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) / ticksPerSecond
      times.stolenSeconds += ticks[7] / ticksPerSecond
    }
    return found == names.count && found > 0 ? times : nil
  }

  /// All visible processes, by their ids.
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

  /// The command line of a process, shortened to 60 characters.
  ///
  /// Empty for a part of the system, such as a kernel thread.
  public static func command(of process: Int) -> String {
    let words = (systemText("/proc/\(process)/cmdline") ?? "").split(separator: "\0")
    let text = words.joined(separator: " ").split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
    return text.count > 60 ? text.prefix(57) + "..." : text
  }

  /// Processor time that all threads of this process have used, in seconds.
  public static func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static var ticksPerSecond: Double { Double(sysconf(Int32(_SC_CLK_TCK))) }
}
