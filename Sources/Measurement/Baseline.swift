/// The one-rank records that a run is measured against, or why there are none.
struct Baseline {
  /// Records of one configuration; empty if nothing is comparable.
  let records: [RunRecord]
  /// Why there are none, one text each; empty if there are some.
  let reasons: [String]

  var trainingSeconds: Double? { Statistics.median(records.map(\.result.trainingSeconds)) }

  /// Same work, same machine and same program are demanded; threads and binding are preferred.
  ///
  /// Among several configurations left, the one with most records serves, then the fastest.
  static func choose(for record: RunRecord, among records: [RunRecord]) -> Baseline {
    let single = records.filter { $0.run.ranks == 1 && $0.result.replicasEqual }
    let sameWork = single.filter { $0.work == record.work && $0.workHash == record.workHash }
    guard !sameWork.isEmpty else {
      return Baseline(records: [], reasons: nearest(single, record, "work", workDifferences))
    }
    let same = sameWork.filter { hardDifferences(record, $0).isEmpty }
    guard !same.isEmpty else {
      return Baseline(
        records: [], reasons: nearest(sameWork, record, "machine or program", hardDifferences))
    }
    let configurations = Dictionary(grouping: same, by: Configuration.init)
    let best = configurations.values.max { preference($0, record) < preference($1, record) }
    return Baseline(records: best ?? [], reasons: [])
  }

  /// How the work differs, including fields that only a newer program knows.
  static func workDifferences(_ record: RunRecord, _ base: RunRecord) -> [String] {
    let named = record.work.differences(from: base.work)
    guard named.isEmpty, record.workHash != base.workHash else { return named }
    return ["workHash: \(record.workHash) against \(base.workHash)"]
  }

  /// Differences of machine or program: with any of them there is no speedup.
  static func hardDifferences(_ record: RunRecord, _ base: RunRecord) -> [String] {
    let (a, b) = (Configuration(record), Configuration(base))
    var found: [String] = []
    func compare(_ name: String, _ one: String, _ other: String) {
      if one != other { found.append("\(name): \(one) against \(other)") }
    }
    compare("machine.cpu", a.cpu, b.cpu)
    compare("machine.cores", "\(a.cores)", "\(b.cores)")
    compare("device", a.device, b.device)
    compare("revision", a.program, b.program)
    return found
  }

  private static func nearest(
    _ candidates: [RunRecord], _ record: RunRecord, _ what: String,
    _ differences: (RunRecord, RunRecord) -> [String]
  ) -> [String] {
    let named = candidates.map { differences(record, $0) }
    guard let least = named.min(by: { $0.count < $1.count }) else {
      return ["no one-rank run to compare with"]
    }
    return ["no one-rank run of the same \(what)"] + least
  }

  private static func preference(
    _ records: [RunRecord], _ record: RunRecord
  ) -> (Int, Int, Double) {
    guard let first = records.first else { return (-1, 0, 0) }
    let threads = first.config.threadsPerRank == record.config.threadsPerRank ? 2 : 0
    let binding = first.machine.binding == record.machine.binding ? 1 : 0
    let seconds = Statistics.median(records.map(\.result.trainingSeconds)) ?? .infinity
    return (threads + binding, records.count, -seconds)
  }
}
