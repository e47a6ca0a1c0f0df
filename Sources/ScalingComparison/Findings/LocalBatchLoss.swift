import RunRecords
import Statistics
import TextTables

/// The loss of efficiency that smaller local batches alone cause in a run of several ranks.
///
/// It is measured on one rank with the local batch as its global batch: its matrix products have
/// the same sizes, and it waits for no other rank. A row's efficiency is the product of two
/// factors: that of the local batch (this rank against one with the whole batch) and that of
/// everything else (exchange, waiting, shared caches, update).
struct LocalBatchLoss {
  /// Samples per step on each rank.
  let localBatch: Int
  /// Images a second of one rank with the local batch over those with the whole batch.
  let ofLocalBatch: Double
  /// Images a second of each rank over those of one rank with the local batch.
  let ofTheRest: Double

  /// Nil if the local batches are uneven or a record is missing.
  ///
  /// - Parameters:
  ///   - base: the one-rank records of the whole batch.
  ///   - records: all records, to be searched for one-rank runs with the local batch.
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

  /// The work with a given batch and without the limits of a run, on which a rate does not depend.
  private static func work(_ record: RunRecord, batch: Int) -> Work {
    var work = record.work
    work.globalBatch = batch
    (work.epochs, work.steps, work.targetAccuracy) = (0, nil, nil)
    return work
  }

  /// The two factors as two lines of text.
  var text: [String] {
    [
      "= \(NumberText.fixed(ofLocalBatch, 2)) for the smaller products of a local batch of "
        + "\(localBatch)",
      "x \(NumberText.fixed(ofTheRest, 2)) for exchange, waiting, update",
    ]
  }
}
