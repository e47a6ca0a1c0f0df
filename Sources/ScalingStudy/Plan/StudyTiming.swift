/// The expected duration of a study.
public enum StudyTiming {
  /// Seconds of a run outside its training: start of the ranks, data, one evaluation, the record.
  ///
  /// Measured with 1 and 2 ranks of mpirun on two cores with MNIST: 1.7 to 1.9 s. A launcher on a
  /// cluster may take longer, so a study that has measured its own runs should use those times.
  public static let startUpSeconds = 2.0

  /// Seconds of a study: each configuration runs once in each block.
  ///
  /// - Parameter perRun: seconds of training of a run, as a mean over the configurations.
  public static func expectedSeconds(
    perRun: Double, blocks: Int, configurations: Int
  ) -> Double {
    Double(blocks) * Double(configurations) * (perRun + startUpSeconds)
  }
}
