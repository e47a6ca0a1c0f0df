/// Reads and writes the checkpoints of one job.
public struct CheckpointArchive {
  private let files: CheckpointFiles

  /// The checkpoints of a job's model and optimizer.
  public init(_ job: TrainingJob) {
    files = CheckpointFiles(model: job.model, optimizer: job.optimizer)
  }

  /// The step of the newest checkpoint in a directory; nil if it has none.
  public static func newestStep(in directory: String) -> Int? {
    CheckpointDirectory.steps(in: directory).first
  }

  /// The newest whole checkpoint of a directory, with the file of its state; nil if it has none.
  ///
  /// - Parameter onDamage: receives a line for each damaged one that is newer.
  /// - Throws: `CheckpointError` if all that are there are damaged.
  public func newest(
    in directory: String, onDamage: (String) -> Void
  ) throws(CheckpointError) -> (file: String, checkpoint: Checkpoint)? {
    try CheckpointDirectory(directory, files: files).newest(onDamage: onDamage)
  }

  /// The checkpoint of a file, which is either of its two.
  public func load(_ file: String) throws(CheckpointError) -> Checkpoint {
    try CheckpointDirectory.load(file, files: files)
  }

  /// A writer for a directory; see `CheckpointWriter`.
  public func writer(
    to directory: String, keep: Int, fault: CheckpointFault?,
    report: @escaping @Sendable (String) -> Void
  ) -> CheckpointWriter {
    CheckpointWriter(
      CheckpointDirectory(directory, files: files), keep: keep, fault: fault, report: report)
  }
}
