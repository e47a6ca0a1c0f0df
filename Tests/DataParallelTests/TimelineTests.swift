import DataParallel
import Testing

@Suite struct TimelineTests {
  /// In the first step this rank waits 3 s for another rank; in the second it arrives last.
  @Test func waitingEndsWhenTheLastRankArrives() {
    let seconds = StepTimeline.split(arrivals: [10, 30], ends: [15, 34], latest: [13, 30])
    #expect(seconds.wait == 3 && seconds.transfer == 2 + 4)
  }

  @Test func noPartIsNegativeIfClocksAreInexact() {
    let late = StepTimeline.split(arrivals: [10], ends: [12], latest: [12.5])
    #expect(late.wait == 2 && late.transfer == 0)
    let early = StepTimeline.split(arrivals: [10], ends: [12], latest: [9.5])
    #expect(early.wait == 0 && early.transfer == 2)
  }

  @Test func driftIsInterpolated() {
    let before = ClockOffset(measuredAt: 100, offset: 1000)
    let after = ClockOffset(measuredAt: 200, offset: 1002)
    #expect(ClockOffset.align(100, from: before, to: after) == 1100)
    #expect(ClockOffset.align(150, from: before, to: after) == 1151)
    #expect(ClockOffset.align(200, from: before, to: after) == 1202)
  }
}
