import RunRecords

/// How many steps the runs of a study take.
///
/// All configurations of one work take as many, so that their times can be compared. A calibration
/// run of the quickest configuration finds the number whose training takes `minSeconds`.
package enum StudyLength {
  /// Steps of a calibration run, after which a step's median duration is known.
  static let calibrationSteps = 40
  /// The fewest steps of a run: warm-up and enough steps for a median.
  private static let fewest = 25

  /// Whether the options of `train` have the length already.
  package static func isGiven(in options: [String]) -> Bool {
    options.contains { word in
      ["--steps", "--epochs", "--recipe", "--target-accuracy"].contains {
        word == $0 || word.hasPrefix("\($0)=")
      }
    }
  }

  /// The names of the works of some configurations; the runs of a work take the same number of steps.
  ///
  /// A work is a model with a batch. A one-rank run at a local batch belongs to the work with the smallest
  /// global batch whose ledger needs it.
  package static func works(_ configurations: [StudyConfiguration]) -> [StudyConfiguration: String]
  {
    func name(_ configuration: StudyConfiguration) -> String {
      "\(configuration.model) \(configuration.scaling.rawValue) \(configuration.batch)"
    }
    let parents = Dictionary(
      configurations.filter { $0.localBatchRun != nil }.map { ($0.localBatchRun, $0) },
      uniquingKeysWith: { $0.batch <= $1.batch ? $0 : $1 })
    return Dictionary(
      configurations.map { ($0, name(parents[$0] ?? $0)) }, uniquingKeysWith: { first, _ in first })
  }

  /// The configuration of each work that is expected to have the shortest step: the smallest local
  /// batch, and of those the fewest ranks and most threads.
  package static func quickest(
    _ configurations: [StudyConfiguration]
  ) -> [(work: String, configuration: StudyConfiguration)] {
    let works = works(configurations)
    return Dictionary(grouping: configurations) { works[$0] ?? "" }.compactMap { work, members in
      members.min {
        ($0.localBatch, $0.ranks, -$0.threads) < ($1.localBatch, $1.ranks, -$1.threads)
      }.map { (work, $0) }
    }.sorted { $0.work < $1.work }
  }

  /// The number of steps by the record of a calibration run.
  package static func steps(_ record: RunRecord, minSeconds: Double) throws(StudyError) -> Int {
    guard let step = record.result.stepSeconds.median, step > 0 else {
      throw StudyError("calibration: the run has no step after its warm-up; give --steps after --")
    }
    return max(fewest, Int((minSeconds / step).rounded(.up)))
  }
}
