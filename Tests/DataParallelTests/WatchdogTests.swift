import DataParallel
import Testing

/// Tests of what a watchdog sees and says; EndToEndTests has runs that it ends.
@Suite struct WatchdogTests {
  private typealias State = ProgressMonitor.State
  private static let hosts = ["alpha", "alpha", "beta", "beta"]

  @Test func aStateIsOneNumber() {
    for activity in ProgressMonitor.Activity.allCases {
      for (step, bucket) in [(0, 0), (1, 1), (1_099_511_627_775, 65535)] {
        let state = State(activity: activity, step: step, bucket: bucket)
        #expect(State(packed: state.packed) == state)
      }
    }
  }

  @Test func aMonitorFollowsAStep() {
    let monitor = ProgressMonitor()
    #expect(monitor.state == State(activity: .start, step: 0))
    monitor.begin(.compute, step: 51)
    #expect(monitor.state.text == "step 51: computing gradients")
    monitor.proceed(to: .exchange)
    #expect(monitor.state == State(activity: .exchange, step: 51, bucket: 1))
    monitor.proceed(to: .update)
    monitor.proceed(to: .exchange)
    #expect(monitor.state.text == "step 51: in the all-reduce, bucket 2")
    monitor.begin(.compute, step: 52)
    #expect(monitor.state == State(activity: .compute, step: 52))
  }

  @Test func theRankOutsideTheAllReduceIsAtFault() {
    let waits = State(activity: .exchange, step: 51, bucket: 1)
    let computes = State(activity: .compute, step: 51)
    #expect(
      StallReport.text(states: [waits, waits, computes, waits], hosts: Self.hosts)
        == "at fault: rank 2 (beta) is not in the all-reduce: step 51: computing gradients; "
        + "3 of 4 wait")
    #expect(
      StallReport.text(states: [waits, nil, waits, nil], hosts: Self.hosts)
        == "at fault: rank 1 (alpha), rank 3 (beta) printed nothing: stopped, or its host is lost; "
        + "2 of 4 wait")
    #expect(
      StallReport.text(states: [waits, waits, waits, waits], hosts: Self.hosts)
        == "at fault: all ranks are in an exchange: the network or MPI does not deliver; 4 of 4 wait"
    )
    #expect(
      StallReport.text(states: [computes], hosts: ["alpha"])
        == "at fault: rank 0 (alpha) is not in the all-reduce: step 51: computing gradients")
  }
}
