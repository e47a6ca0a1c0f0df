import DataParallel
import Testing

@Suite struct TimelineTests {
  /// In the first step this rank waits 3 s for another rank; in the second it arrives last.
  @Test func waitingEndsWhenTheLastRankArrives() {
    let seconds = ExchangeSeconds(of: [
      SynchronisationPoint(arrival: 10, latestArrival: 13, end: 15),
      SynchronisationPoint(arrival: 30, latestArrival: 30, end: 34),
    ])
    #expect(seconds.wait == 3 && seconds.transfer == 2 + 4)
  }

  @Test func noPartIsNegativeIfClocksAreInexact() {
    let late = SynchronisationPoint(arrival: 10, latestArrival: 12.5, end: 12)
    #expect(late.complete == 12)
    let early = SynchronisationPoint(arrival: 10, latestArrival: 9.5, end: 12)
    #expect(early.complete == 10)
  }

  @Test func driftIsInterpolated() {
    let clock = CommonClock(
      from: ClockOffset(measuredAt: 100, offset: 1000),
      to: ClockOffset(measuredAt: 200, offset: 1002))
    #expect(clock.time(of: 100) == 1100)
    #expect(clock.time(of: 150) == 1151)
    #expect(clock.time(of: 200) == 1202)
  }
}
