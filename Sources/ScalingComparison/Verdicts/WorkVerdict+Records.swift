import RunRecords

extension WorkVerdict {
  /// The worst verdict over all pairs of a record and a baseline record.
  static func worst(of records: [RunRecord], against base: [RunRecord]) -> WorkVerdict {
    worst(of: records.flatMap { record in base.map { (record, $0) } })
  }

  /// The worst verdict over pairs of a record and the baseline record that belongs to it.
  package static func worst(of pairs: [(record: RunRecord, base: RunRecord)]) -> WorkVerdict {
    let all = pairs.map { WorkVerdict(of: $0.record, against: $0.base) }
    return all.max { $0.severity < $1.severity } ?? .notCertified
  }

  /// The verdict on one pair.
  init(of record: RunRecord, against base: RunRecord) {
    guard let certificate = record.certificate, let other = base.certificate,
      let last = certificate.epochs.last, !other.epochs.isEmpty
    else {
      self = .notCertified
      return
    }
    if certificate.dataSHA256 != other.dataSHA256 {
      self = .differs(what: .data)
    } else if certificate.initialWeightsSHA256 != other.initialWeightsSHA256 {
      self = .differs(what: .initialWeights)
    } else if record.config.scaling == .weak {
      // More ranks have more samples per step: neither the order nor the weights can be equal.
      self = .sameOnEachRank
    } else if let epoch = Self.firstDifference(certificate, other, \.orderHash) {
      self = .differs(what: .order(fromEpoch: epoch))
    } else if let leaves = Self.commonLeaves(record, base),
      let epoch = Self.firstDifference(certificate, other, \.weightsSHA256)
    {
      self = .differs(what: .weights(fromEpoch: epoch, leaves: leaves))
    } else if certificate.epochs.count != other.epochs.count {
      self = .differs(what: .epochCount)
    } else if certificate == other {
      self = .proved(weightsSHA256: last.weightsSHA256)
    } else {
      self = .withinRounding(lossDifference: Self.lossDifference(record, base))
    }
  }

  /// The first epoch, from 1, that both runs have and that differs.
  private static func firstDifference(
    _ one: Certificate, _ other: Certificate, _ hash: (Certificate.Epoch) -> String
  ) -> Int? {
    zip(one.epochs, other.epochs).enumerated().first { hash($0.element.0) != hash($0.element.1) }
      .map { $0.offset + 1 }
  }

  /// The number of leaves, if both runs must have equal bits; else nil.
  ///
  /// Both runs then have the same leaves, program and kernels; threads and binding may differ.
  private static func commonLeaves(_ one: RunRecord, _ other: RunRecord) -> Int? {
    Conditions(one).withAnyThreads == Conditions(other).withAnyThreads ? one.config.leaves : nil
  }

  /// The largest relative difference of the epochs' training and test losses.
  ///
  /// The loss of the last step is not used: it is a mean of few samples, and rounding alone changes
  /// it by half.
  private static func lossDifference(_ one: RunRecord, _ other: RunRecord) -> Double {
    func losses(_ record: RunRecord) -> [Double] {
      record.epochs.flatMap { [$0.trainingLoss, $0.testLoss] }
    }
    let differences = zip(losses(one), losses(other)).map { a, b in
      a == b ? 0 : abs(a - b) / max(abs(a), abs(b))
    }
    return differences.max() ?? 0
  }

  /// Orders verdicts: the larger, the worse.
  private var severity: (Int, Double) {
    switch self {
    case .proved, .sameOnEachRank: (0, 0)
    case .withinRounding(let difference): (1, difference)
    case .notCertified: (2, 0)
    case .differs(what: .epochCount): (3, 0)
    case .differs(what: .weights(let epoch, _)): (4, -Double(epoch))
    case .differs(what: .order(let epoch)): (5, -Double(epoch))
    case .differs(what: .initialWeights): (6, 0)
    case .differs(what: .data): (7, 0)
    }
  }
}
