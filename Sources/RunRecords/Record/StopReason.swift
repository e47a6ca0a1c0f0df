/// Why a run ended.
public enum StopReason: String, Codable, Sendable {
  case epochs, steps, targetAccuracy
  /// A signal; the run can go on if it wrote a checkpoint.
  case interrupted
}
