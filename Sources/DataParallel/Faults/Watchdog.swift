import Foundation
import MessagePassing
import Synchronization
import SystemSupport

/// Ends a run in which no rank makes progress, and says which rank is at fault.
///
/// A thread of each rank looks at the rank's monitor. A rank that waits for ever in MPI cannot be
/// reached by MPI, so ranks send their states to rank 0 by datagrams, and each rank leaves by itself.
/// All ranks create it before the training.
public final class Watchdog: Sendable {
  let monitor = ProgressMonitor()
  private let timeout: Double
  private let program: String
  private let rank: Int
  private let exchange: StateExchange
  private let isOver = Atomic<Bool>(false)

  /// Seconds for which rank 0 collects states; other ranks leave a second later.
  private static let collecting = 2.0

  /// Starts to watch; called by all ranks.
  ///
  /// - Parameters:
  ///   - timeout: seconds without progress after which the run ends.
  ///   - program: its name in messages.
  public init(over communicator: Communicator, timeout: Double, program: String) throws {
    self.timeout = timeout
    self.program = program
    rank = communicator.rank
    exchange = try StateExchange(over: communicator)
    let thread = Thread { [weak self] in
      while let watchdog = self, !watchdog.isOver.load(ordering: .relaxed) { watchdog.watch() }
    }
    thread.stackSize = 1 << 18
    thread.start()
  }

  /// Ends the watch; the thread ends within a second.
  public func stop() { isOver.store(true, ordering: .relaxed) }

  /// Waits until the state changes, or ends the process after `timeout`.
  private func watch() {
    let state = monitor.state
    let start = MonotonicClock.seconds()
    while monitor.state == state, !isOver.load(ordering: .relaxed) {
      if MonotonicClock.seconds() - start >= timeout { end(state) }
      usleep(UInt32(1e6 * min(1, timeout / 20)))
    }
  }

  /// Prints this rank's state, on rank 0 also what all states mean, and ends the process.
  private func end(_ state: ProgressMonitor.State) -> Never {
    let hosts = exchange.hosts
    StandardError.writeLine(
      "\(program): rank \(rank) of \(hosts.count) on \(hosts[rank]): no progress for \(timeout) s in "
        + state.text)
    if rank == 0 {
      let received = exchange.receive(for: Self.collecting)
      let states = hosts.indices.map { $0 == 0 ? state : received[$0] }
      StandardError.writeLine(
        "\(program): --timeout: no rank made progress for \(timeout) s; "
          + StallReport.text(states: states, hosts: hosts))
    } else {
      exchange.send(state)
      usleep(UInt32(1e6 * (Self.collecting + 1)))
    }
    _exit(ExitCode.stalled)
  }
}
