/// What stays fixed when the number of ranks grows.
public enum Scaling: String, Codable, Sendable {
  /// The global batch: more ranks share the same work.
  case strong
  /// The batch per rank: every step has more samples with more ranks.
  case weak
}
