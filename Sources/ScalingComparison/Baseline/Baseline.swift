import RunRecords
import Statistics

/// The one-rank records that a run is measured against, or why there are none.
struct Baseline {
  /// Records of one configuration; empty if nothing is comparable.
  let records: [RunRecord]
  /// Why there are none, one text each; empty if there are some.
  let reasons: [String]

  var trainingSeconds: Double? { SampleStatistics.median(records.map(\.result.trainingSeconds)) }

  /// All one-rank measurements of the same work under the same conditions.
  ///
  /// Where there are none, the reasons name the nearest one-rank run and why it does not serve.
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

  /// How the work differs, including fields that only a newer program knows.
  private static func workDifferences(_ record: RunRecord, _ base: RunRecord) -> [String] {
    let named = record.work.differences(from: base.work)
    guard named.isEmpty, record.workHash != base.workHash else { return named }
    return ["workHash: \(record.workHash) against \(base.workHash)"]
  }

  /// Why a one-rank run of the right kind cannot serve.
  private static func faults(_ base: RunRecord) -> [String] {
    (base.result.replicasEqual ? [] : ["the one-rank run's replicas differ"])
      + MeasurementValidity.texts(of: base).map {
        "the one-rank run is \(ComparisonPhrases.notMeasured($0))"
      }
  }

  private static func nearest(_ reasons: [[String]]) -> [String] {
    reasons.min { $0.count < $1.count } ?? []
  }

  private static let mixedBinding =
    "binding: mixed: no one rank is bound like ranks that are bound differently"
}
