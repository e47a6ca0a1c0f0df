import RunRecords
import ScalingComparison

/// A record with everything that the analysis derives from it alone, computed once.
struct RunFacts {
  /// The place of the run in the input.
  let index: Int
  let record: RunRecord
  let conditions: Conditions
  let work: WorkKey
  let row: RowKey
  /// Nil for a run outside a study.
  let block: BlockKey?
  /// Why the run cannot count, whatever other programs did; one string per reason.
  let faults: [String]
  /// Whether other programs used too much of a node's cores.
  let isDisturbed: Bool

  init(index: Int, _ record: RunRecord) {
    self.index = index
    self.record = record
    conditions = Conditions(record)
    work = WorkKey(record, conditions)
    row = RowKey(record)
    block = record.study.map(BlockKey.init)
    faults =
      (record.result.replicasEqual ? [] : [ComparisonPhrases.replicasDiffer])
      + MeasurementValidity.ownTexts(of: record).map(ComparisonPhrases.notMeasured)
    isDisturbed = MeasurementValidity.isDisturbedByOthers(record)
  }

  var seconds: Double { record.result.trainingSeconds }

  var attempt: Int { record.study?.attempt ?? 1 }

  /// The last attempt in a block; of runs outside blocks the one with the median time.
  ///
  /// Of an even number of these it is the quicker one of the two in the middle.
  static func representative(_ runs: [RunFacts]) -> RunFacts? {
    if runs.contains(where: { $0.block != nil }) {
      return runs.max { ($0.attempt, $0.index) < ($1.attempt, $1.index) }
    }
    let sorted = runs.sorted { $0.seconds < $1.seconds }
    return sorted.isEmpty ? nil : sorted[(sorted.count - 1) / 2]
  }
}
