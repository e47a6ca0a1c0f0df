extension Phase {
  /// The name of the phase for readers, as in traces: `all-reduce wait`.
  public var title: String {
    switch self {
    case .allReduceWait: "all-reduce wait"
    case .allReduceTransfer: "all-reduce transfer"
    case .load, .forward, .backward, .update, .evaluate: rawValue
    }
  }

  /// The phase with this title; nil if there is none.
  init?(title: some StringProtocol) {
    guard let phase = Phase.allCases.first(where: { $0.title == title }) else { return nil }
    self = phase
  }
}
