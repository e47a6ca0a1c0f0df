import RunRecords
import Statistics

/// The one-rank records that a run is compared with, or the reasons why there are none.
struct Baseline {
  /// Records of one configuration; empty if none is comparable.
  let records: [RunRecord]
  /// Why there are no records, one string per reason; empty if there are records.
  let reasons: [String]

  /// Median over the records.
  var trainingSeconds: Double? { SampleStatistics.median(records.map(\.result.trainingSeconds)) }

  /// Selects all one-rank measurements of the same work under the same conditions.
  ///
  /// If there are none, the reasons are those that exclude the nearest one-rank run.
  static func choose(for record: RunRecord, among records: [RunRecord]) -> Baseline {
    guard record.machine.binding != .mixed else {
      return Baseline(records: [], reasons: [mixedBinding])
    }
    let single = records.filter { $0.run.ranks == 1 }
    guard !single.isEmpty else {
      return Baseline(records: [], reasons: ["no one-rank run to compare with"])
    }
    let sameWork = single.filter { workDifferences(record, $0).isEmpty }
    guard !sameWork.isEmpty else {
      let named = nearest(single.map { workDifferences(record, $0) })
      return Baseline(records: [], reasons: ["no one-rank run of the same work"] + named)
    }
    let conditions = Conditions(record)
    let same = sameWork.filter { Conditions($0) == conditions }
    guard !same.isEmpty else {
      let named = nearest(sameWork.map { conditions.differences(from: Conditions($0)) })
      return Baseline(records: [], reasons: ["no one-rank run under the same conditions"] + named)
    }
    let valid = same.filter { faults($0).isEmpty }
    return Baseline(records: valid, reasons: valid.isEmpty ? nearest(same.map(faults)) : [])
  }

  /// The differences of the work.
  ///
  /// Fields that only a newer program writes show in the hash alone.
  private static func workDifferences(_ record: RunRecord, _ base: RunRecord) -> [String] {
    let named = record.work.differences(from: base.work)
    guard named.isEmpty, record.workHash != base.workHash else { return named }
    return ["workHash: \(record.workHash) against \(base.workHash)"]
  }

  /// Why a one-rank run of the same work and conditions cannot be a baseline.
  private static func faults(_ base: RunRecord) -> [String] {
    (base.result.replicasEqual ? [] : ["the one-rank run's replicas differ"])
      + MeasurementValidity.texts(of: base).map {
        "the one-rank run is \(ComparisonPhrases.notMeasured($0))"
      }
  }

  /// The reasons of the nearest run, which has the fewest.
  private static func nearest(_ reasons: [[String]]) -> [String] {
    reasons.min { $0.count < $1.count } ?? []
  }

  private static let mixedBinding =
    "binding: mixed: no one rank is bound like ranks that are bound differently"
}
