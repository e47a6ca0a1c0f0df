@preconcurrency import Dispatch
import Foundation
import Synchronization

/// The signals that ask a run to stop after the current step: SIGUSR1, SIGTERM and SIGINT.
final class StopSignals: Sendable {
  static let numbers: [Int32] = [SIGUSR1, SIGTERM, SIGINT]

  private let first = Mutex<Int32?>(nil)
  private let sources: [any DispatchSourceSignal]

  /// Handles the signals from now on, as long as the object exists.
  init() {
    sources = Self.numbers.map { number in
      Foundation.signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: .global())
    }
    for (source, number) in zip(sources, Self.numbers) {
      source.setEventHandler { [weak self] in self?.handle(number) }
      source.resume()
    }
  }

  deinit { for source in sources { source.cancel() } }

  /// The first signal that this rank received; nil if there was none.
  var received: Int32? { first.withLock { $0 } }

  private func handle(_ number: Int32) {
    let isSecond = first.withLock { first in
      defer { first = first ?? number }
      return first != nil
    }
    // The user does not want to wait for the end of the step.
    if isSecond, number == SIGINT {
      Foundation.signal(SIGINT, SIG_DFL)
      kill(getpid(), SIGINT)
    }
  }

  /// The name of a signal, such as `SIGUSR1`.
  static func name(of number: Int32) -> String {
    switch number {
    case SIGUSR1: "SIGUSR1"
    case SIGTERM: "SIGTERM"
    case SIGINT: "SIGINT"
    default: "signal \(number)"
    }
  }
}
