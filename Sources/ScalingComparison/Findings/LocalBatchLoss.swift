import RunRecords
import Statistics
import TextTables

/// What smaller local batches alone cost a run of several ranks: one rank that trains the local batch
/// as its global one works at the same sizes, and waits for nobody.
///
/// A row's efficiency is then the product of two: of the local batch (that rank against one with the
/// whole batch) and of everything else (exchange, waiting, shared caches, update).
struct LocalBatchLoss {
  /// Samples of a step on each rank.
  let localBatch: Int
  /// Images a second of one rank with the local batch over those with the whole batch.
  let ofLocalBatch: Double
  /// Images a second of each rank over those of one rank with the local batch.
  let ofTheRest: Double

  /// Nil where the ranks' batches are uneven or a record is missing.
  ///
  /// - Parameters:
  ///   - base: the one-rank records of the whole batch.
  ///   - records: all records, to look for one-rank runs with the local batch in.
  init?(of multi: RunRecord, base: [RunRecord], among records: [RunRecord]) {
    let ranks = multi.run.ranks
    guard multi.config.scaling == .strong, ranks > 1, multi.config.globalBatch % ranks == 0 else {
      return nil
    }
    localBatch = multi.config.globalBatch / ranks
    let wanted = Self.work(multi, batch: localBatch)
    let batch = localBatch
    let local = records.filter { record in
      record.run.ranks == 1 && record.config.globalBatch == batch
        && Self.work(record, batch: batch) == wanted
        && Conditions(record) == Conditions(multi) && MeasurementValidity.texts(of: record).isEmpty
    }
    func rate(_ records: [RunRecord]) -> Double? {
      SampleStatistics.median(records.compactMap(\.result.imagesPerSecond))
    }
    guard let one = rate(local), let whole = rate(base), let several = multi.result.imagesPerSecond,
      let ofLocalBatch = SampleStatistics.ratio(one, whole),
      let ofTheRest = SampleStatistics.ratio(several, Double(ranks) * one)
    else { return nil }
    self.ofLocalBatch = ofLocalBatch
    self.ofTheRest = ofTheRest
  }

  /// The work without what a rate does not depend on.
  private static func work(_ record: RunRecord, batch: Int) -> Work {
    var work = record.work
    work.globalBatch = batch
    (work.epochs, work.steps, work.targetAccuracy) = (0, nil, nil)
    return work
  }

  /// Two lines for people.
  var text: [String] {
    [
      "= \(NumberText.fixed(ofLocalBatch, 2)) for the smaller products of a local batch of "
        + "\(localBatch)",
      "x \(NumberText.fixed(ofTheRest, 2)) for exchange, waiting, update",
    ]
  }
}
