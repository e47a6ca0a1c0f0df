import SystemSupport

/// Processor times of some cores at one instant; the difference of two samples is a load.
public struct LoadSample: Equatable, Sendable {
  /// The instant, read from the monotonic clock.
  public var seconds: Double
  public var cores: [Int]
  public var times: CoreTimes
  /// The processes visible at that instant, by id; empty if the caller did not add them.
  public var processes: [Int: ProcessTime]

  /// The largest number of programs in a report, and the smallest share of a core of each.
  private static let (mostPrograms, leastShare) = (5, 0.05)

  /// All fields at once.
  public init(
    seconds: Double, cores: [Int], times: CoreTimes, processes: [Int: ProcessTime] = [:]
  ) {
    self.seconds = seconds
    self.cores = cores
    self.times = times
    self.processes = processes
  }

  /// Samples the cores now; nil if the system does not report their times.
  public static func take(cores: [Int]) -> LoadSample? {
    HostFacts.coreTimes(of: cores).map {
      LoadSample(seconds: MonotonicClock.seconds(), cores: cores, times: $0)
    }
  }

  /// The load by other programs from this sample to a later one; nil if no time passed.
  ///
  /// - Parameters:
  ///   - ownSeconds: processor time that the run's own processes on the node used in between.
  ///   - own: ids of these processes, which the report leaves out.
  public func load(until later: LoadSample, ownSeconds: Double, own: Set<Int> = []) -> LoadReport? {
    let seconds = later.seconds - self.seconds
    guard seconds > 0, !cores.isEmpty else { return nil }
    let all = seconds * Double(cores.count)
    let stolen = max(0, later.times.stolenSeconds - times.stolenSeconds)
    let busy = max(0, later.times.busySeconds - times.busySeconds - ownSeconds)
    return LoadReport(
      seconds: seconds, cores: cores, othersShare: min(1, (busy + stolen) / all),
      stolenShare: min(1, stolen / all),
      programs: programs(until: later, seconds: seconds, own: own))
  }

  private func programs(
    until later: LoadSample, seconds: Double, own: Set<Int>
  ) -> [BusyProgram] {
    let busy = later.processes.compactMap { process, end -> BusyProgram? in
      guard !own.contains(process), end.core.map(cores.contains) ?? true else { return nil }
      // A process that the first sample does not contain started later: all its time counts.
      let start = processes[process].flatMap { $0.startTicks == end.startTicks ? $0 : nil }
      let share = (end.cpuSeconds - (start?.cpuSeconds ?? 0)) / seconds
      guard share >= Self.leastShare else { return nil }
      return BusyProgram(process: process, command: "", coreShare: share)
    }
    return Array(
      busy.sorted { ($0.coreShare, $1.process) > ($1.coreShare, $0.process) }
        .prefix(Self.mostPrograms))
  }
}
