import ChildProcesses
@preconcurrency import Dispatch
import Foundation
import Synchronization

/// SIGINT and SIGTERM of a study: they end the current run and then the study.
final class Interruption: Sendable {
  private struct State {
    var group: pid_t?
    var signal: Int32?
  }

  private let state = Mutex(State())
  private let sources: [any DispatchSourceSignal]

  /// Handles the signals from now on.
  init() {
    var sources: [any DispatchSourceSignal] = []
    for number in [SIGINT, SIGTERM, SIGHUP] {
      Foundation.signal(number, SIG_IGN)
      sources.append(DispatchSource.makeSignalSource(signal: number, queue: .global()))
    }
    self.sources = sources
    for (source, number) in zip(sources, [SIGINT, SIGTERM, SIGHUP]) {
      source.setEventHandler { [weak self] in self?.handle(number) }
      source.resume()
    }
  }

  deinit { for source in sources { source.cancel() } }

  /// The signal that was received; nil while there was none.
  var received: Int32? { state.withLock { $0.signal } }

  /// Sets the process group that a signal ends; nil when its run is over.
  func setGroup(_ group: pid_t?) {
    let isLate = state.withLock { state in
      state.group = group
      return state.signal != nil && group != nil
    }
    if isLate, let group { ChildProcess.end(group: group) }
  }

  private func handle(_ number: Int32) {
    let group = state.withLock { state in
      state.signal = state.signal ?? number
      return state.group
    }
    if let group { ChildProcess.end(group: group) }
  }
}
