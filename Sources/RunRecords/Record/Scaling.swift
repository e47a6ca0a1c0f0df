/// The kind of scaling, by what stays fixed when the number of ranks grows.
public enum Scaling: String, Codable, Sendable {
  /// The global batch is fixed: more ranks share the same work.
  case strong
  /// The local batch is fixed: with more ranks every step has more samples.
  case weak
}
