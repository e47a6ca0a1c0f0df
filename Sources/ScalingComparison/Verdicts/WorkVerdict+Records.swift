import RunRecords

extension WorkVerdict {
  /// The verdict that holds for every pair: the worst.
  static func worst(of records: [RunRecord], against base: [RunRecord]) -> WorkVerdict {
    let all = records.flatMap { record in base.map { WorkVerdict(of: record, against: $0) } }
    return all.max { $0.gravity < $1.gravity } ?? .notCertified
  }

  /// Judges one pair.
  init(of record: RunRecord, against base: RunRecord) {
    guard let mine = record.certificate, let other = base.certificate,
      let last = mine.epochs.last, !other.epochs.isEmpty
    else {
      self = .notCertified
      return
    }
    if mine.dataSHA256 != other.dataSHA256 {
      self = .differs(what: .data)
    } else if mine.initialWeightsSHA256 != other.initialWeightsSHA256 {
      self = .differs(what: .initialWeights)
    } else if record.config.scaling == .weak {
      // A step has more samples on more ranks: neither its samples nor the weights can be equal.
      self = .sameOnEachRank
    } else if let epoch = Self.firstDifference(mine, other, \.orderHash) {
      self = .differs(what: .order(fromEpoch: epoch))
    } else if let leaves = Self.commonLeaves(record, base),
      let epoch = Self.firstDifference(mine, other, \.weightsSHA256)
    {
      self = .differs(what: .weights(fromEpoch: epoch, leaves: leaves))
    } else if mine.epochs.count != other.epochs.count {
      self = .differs(what: .epochCount)
    } else if mine == other {
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

  /// Leaves that promise equal bits: the same in both runs, by the same program on the same kernels,
  /// with any number of threads.
  private static func commonLeaves(_ one: RunRecord, _ other: RunRecord) -> Int? {
    Conditions(one).withAnyThreads == Conditions(other).withAnyThreads ? one.config.leaves : nil
  }

  /// The largest relative difference of the epochs' training and test losses.
  ///
  /// The loss of the last step is of few samples: rounding alone makes it differ by half.
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
  private var gravity: (Int, Double) {
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
