import HostInspection
import Testing

@Suite struct LoadSampleTests {
  /// Two cores, two seconds apart: 3 s busy, 0.2 s stolen.
  private static func samples() -> (first: LoadSample, last: LoadSample) {
    (
      LoadSample(
        seconds: 100, cores: [0, 1], times: CoreTimes(busySeconds: 50, stolenSeconds: 1)),
      LoadSample(
        seconds: 102, cores: [0, 1], times: CoreTimes(busySeconds: 53, stolenSeconds: 1.2))
    )
  }

  @Test func ownTimeIsNotLoadByOthers() throws {
    let (first, last) = Self.samples()
    let all = try #require(first.load(until: last, ownSeconds: 0))
    #expect(abs(all.othersShare - 3.2 / 4) < 1e-12 && abs(all.stolenShare - 0.2 / 4) < 1e-12)
    #expect(all.seconds == 2 && all.cores == [0, 1] && all.programs.isEmpty)
    let rest = try #require(first.load(until: last, ownSeconds: 2.6))
    #expect(abs(rest.othersShare - 0.6 / 4) < 1e-12)
  }

  /// The system counts in ticks, so the run's own time may appear larger than the busy time.
  @Test func aShareIsBetweenZeroAndOne() throws {
    let (first, last) = Self.samples()
    let least = try #require(first.load(until: last, ownSeconds: 3.1))
    #expect(abs(least.othersShare - 0.2 / 4) < 1e-12)
    var more = last
    more.times.busySeconds = 60
    #expect(try #require(first.load(until: more, ownSeconds: 0)).othersShare == 1)
    #expect(last.load(until: first, ownSeconds: 0) == nil)
  }

  @Test func theBusiestProgramsOfTheseCores() throws {
    var (first, last) = Self.samples()
    func process(_ cpuSeconds: Double, core: Int? = 0, start: Int = 7) -> ProcessTime {
      ProcessTime(startTicks: start, cpuSeconds: cpuSeconds, core: core)
    }
    first.processes = [
      1: process(10), 2: process(10), 3: process(10), 4: process(10), 5: process(10, core: nil),
      6: process(9),
    ]
    last.processes = [
      1: process(10.09),  // too small a share
      2: process(11), 3: process(12, core: 1),
      4: process(12, core: 2),  // on a core that is not sampled
      5: process(13.5, core: nil),  // several threads
      6: process(0.5, start: 8),  // a new process with the id of an earlier one
      7: process(1.2), 8: process(2),  // one of the run's own
    ]
    let load = try #require(first.load(until: last, ownSeconds: 0, own: [8]))
    #expect(load.programs.map(\.process) == [5, 3, 7, 2, 6])
    #expect(load.programs.map(\.coreShare) == [1.75, 1, 0.6, 0.5, 0.25])
  }
}
