/// Why a run ended.
public enum StopReason: String, Codable, Sendable {
  case epochs, steps, targetAccuracy
}
