/// A part of the time that several ranks need beyond the time of one rank.
///
/// The module's README.md has the formula of each.
public enum LossPart: String, CaseIterable, Codable, Sendable {
  /// Forward and backward take longer per image, because the local batch is smaller.
  case localBatch
  /// Forward and backward take longer than on one rank alone with the same local batch.
  case slowerComputation
  /// Both of these, where no one-rank run at the local batch separates them.
  case computation
  /// Ranks wait at the all-reduce for the last one.
  case imbalance
  /// Ranks end before the slowest one.
  case skew
  /// The all-reduce after the last rank has arrived.
  case transfer
  /// The update beyond that of one rank.
  case update
  /// The copying of samples beyond that of one rank.
  case load
  /// What the other parts leave of the total: time outside all phases.
  case rest
}
