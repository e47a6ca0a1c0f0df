import Dispatch
import Synchronization

/// Writes checkpoints on a thread of its own, so that the training waits only for a copy in memory.
public final class CheckpointWriter: Sendable {
  private struct Status {
    var savedStep: Int?
    var count = 0
  }

  private let directory: CheckpointDirectory
  private let keep: Int
  private let fault: CheckpointFault?
  private let report: @Sendable (String) -> Void
  private let queue = DispatchQueue(label: "checkpoints")
  private let status = Mutex(Status())

  /// A writer of the only rank that writes, rank 0.
  ///
  /// - Parameters:
  ///   - keep: the number of checkpoints that stay in the directory.
  ///   - report: receives one line if a checkpoint cannot be written.
  init(
    _ directory: CheckpointDirectory, keep: Int, fault: CheckpointFault?,
    report: @escaping @Sendable (String) -> Void
  ) {
    self.directory = directory
    self.keep = keep
    self.fault = fault
    self.report = report
  }

  /// The step of the last checkpoint that is on the disk; nil if there is none yet.
  ///
  /// Waits for those that are being written.
  public var savedStep: Int? {
    queue.sync {}
    return status.withLock { $0.savedStep }
  }

  /// Called while the numbers of the next checkpoint are copied.
  func copying() {
    guard let fault else { return }
    // So that the fault always finds the checkpoints before it on the disk.
    queue.sync {}
    fault.reached(.copy, ofCheckpoint: status.withLock { $0.count } + 1)
  }

  /// Starts to write a checkpoint; waits until the one before it is written.
  func write(_ checkpoint: Checkpoint) {
    queue.sync {}
    let number = status.withLock { status in
      status.count += 1
      return status.count
    }
    queue.async { [self] in
      do {
        try directory.save(checkpoint, keep: keep) { fault?.reached($0, ofCheckpoint: number) }
        status.withLock { $0.savedStep = checkpoint.state.progress.step }
      } catch {
        let last = status.withLock { $0.savedStep }.map { "that of step \($0)" } ?? "an earlier one"
        report(
          "step \(checkpoint.state.progress.step): \(error); the training goes on, and the last good "
            + "checkpoint, if any, is \(last)")
      }
    }
  }
}
