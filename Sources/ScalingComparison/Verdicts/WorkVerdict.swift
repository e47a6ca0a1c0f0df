import TextTables

/// Whether two runs did the same work, judged by their certificates.
public enum WorkVerdict: Codable, Equatable, Sendable {
  /// What differs, in the order of the checks.
  public enum Difference: Codable, Equatable, Sendable {
    case data
    case initialWeights
    case order(fromEpoch: Int)
    /// A fault of the program: in the reproducible mode no bit depends on the number of ranks.
    case weights(fromEpoch: Int, leaves: Int)
    case epochCount
  }

  /// The certificates are equal; the value is the SHA-256 of the weights after the last epoch.
  case proved(weightsSHA256: String)
  /// Data, initial weights and order are equal; the weights differ because sums round differently.
  ///
  /// The value is the largest relative difference of the epochs' mean losses, in training and test.
  case withinRounding(lossDifference: Double)
  /// Weak scaling, where more ranks do more work: data and initial weights are equal.
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
