import TextTables

/// Whether two runs did the same work, judged by their certificates.
public enum WorkVerdict: Codable, Equatable, Sendable {
  /// What differs, in the order in which it is looked for.
  public enum Difference: Codable, Equatable, Sendable {
    case data
    case initialWeights
    case order(fromEpoch: Int)
    /// A fault: in the reproducible mode no bit depends on the number of ranks.
    case weights(fromEpoch: Int, leaves: Int)
    case epochCount
  }

  /// Certificates are equal; SHA-256 of the weights after the last epoch.
  case proved(weightsSHA256: String)
  /// Data, initial weights and order are equal, weights are not: sums were rounded differently.
  ///
  /// The largest relative difference of the epochs' mean losses, in training and test, is given.
  case withinRounding(lossDifference: Double)
  /// Weak scaling: more ranks do more work. Data and initial weights are equal.
  case sameOnEachRank
  /// A record has no certificate.
  case notCertified
  case differs(what: Difference)

  /// The verdict as it is printed.
  public var text: String {
    switch self {
    case .proved(let weights):
      "same work: proved (weights \(weights.prefix(8))… equal after every epoch)"
    case .withinRounding(let difference):
      "same work: same samples and steps, epochs' losses equal within "
        + NumberText.scientific(difference)
    case .sameOnEachRank:
      "same work: on each rank only (weak scaling), data and initial weights equal"
    case .notCertified: "same work: not certified (a record without a certificate)"
    case .differs(let what): "same work: no: \(what.text)"
    }
  }
}

extension WorkVerdict.Difference {
  fileprivate var text: String {
    switch self {
    case .data: "the data differ"
    case .initialWeights: "the initial weights differ"
    case .order(let epoch): "the order of samples differs from epoch \(epoch) on"
    case .weights(let epoch, let leaves):
      "weights differ from epoch \(epoch) on, although both runs are reproducible with "
        + ComparisonPhrases.leaves(leaves)
    case .epochCount: "the number of epochs differs"
    }
  }
}
