import RunRecords
import ScalingStudy
import Statistics
import TestSupport

/// Seconds of the phases of one rank, made up.
struct RankTimes {
  var load = 0.2
  var forward = 3.0
  var backward = 5.0
  var wait = 0.0
  var transfer = 0.0
  var update = 1.0
  var other = 0.1

  var phases: PhaseSeconds {
    var phases = PhaseSeconds()
    phases.load = load
    phases.forward = forward
    phases.backward = backward
    phases.allReduceWait = wait
    phases.allReduceTransfer = transfer
    phases.update = update
    phases.evaluate = 0.7
    return phases
  }

  var training: Double { phases.training + other }

  /// All phases multiplied by a factor.
  func scaled(_ factor: Double) -> RankTimes {
    RankTimes(
      load: factor * load, forward: factor * forward, backward: factor * backward,
      wait: factor * wait, transfer: factor * transfer, update: factor * update,
      other: factor * other)
  }
}

/// One rank with a global batch of 64, one rank with 32, and the ranks of a run of two.
enum Times {
  static let single = RankTimes(load: 0.19, wait: 0.03, transfer: 0.1, other: 0.08)
  static let local = RankTimes(forward: 1.6, backward: 2.7)
  static let pair = [
    RankTimes(
      load: 0.12, forward: 1.7, backward: 2.9, wait: 0.4, transfer: 0.2, update: 0.9, other: 0.05),
    RankTimes(
      load: 0.13, forward: 1.9, backward: 3.1, wait: 0, transfer: 0.2, update: 0.9, other: 0.02),
  ]
}

/// The place of a made-up run.
struct Place {
  var block: Int? = 1
  var attempt = 1
  var study = "5eed"
  var sync = "allreduce"
  var batch = 64
  var scaling = Scaling.strong
}

/// A record of a run with these times of each rank; 200 steps, more than an epoch of 6000 samples.
func studyRecord(
  _ times: [RankTimes], _ place: Place = Place(), _ change: (inout RunRecord) -> Void = { _ in }
) -> RunRecord {
  let ranks = times.count
  let seconds = times.map(\.training).max() ?? 0
  let isWeak = place.scaling == .weak
  let globalBatch = isWeak ? place.batch * ranks : place.batch
  return makeRecord(ranks: ranks, seconds: seconds, id: nextID()) { record in
    record.work.globalBatch = isWeak ? nil : place.batch
    record.work.batchPerRank = isWeak ? place.batch : nil
    record.work.steps = 200
    record.workHash = "\(place.scaling)-\(place.batch)"
    record.config.scaling = place.scaling
    record.config.globalBatch = globalBatch
    record.config.batchPerRank = isWeak ? place.batch : nil
    record.config.sync = place.sync
    record.result.samplesSeen = 200 * globalBatch
    record.result.steps = 200
    record.result.imagesPerSecond = Double(200 * globalBatch) / seconds
    for (rank, time) in times.enumerated() {
      record.ranks[rank].phases = time.phases
      record.ranks[rank].otherSeconds = time.other
      record.ranks[rank].trainingSeconds = time.training
    }
    let kind = ranks == 1 && place.batch == 32 ? "local" : place.scaling.rawValue
    record.study = place.block.map {
      StudyMembership(
        study: place.study, block: $0,
        configuration: "cnn-\(kind)-b\(place.batch)-np\(ranks)-t1-\(place.sync)",
        attempt: place.attempt)
    }
    change(&record)
  }
}

/// A block: one rank, one rank at the local batch, two ranks, with all times multiplied.
///
/// - Parameters:
///   - pair: a further factor for the run of two ranks.
///   - isDisturbed: whether other programs disturbed that run.
func blockRecords(
  _ block: Int, factor: Double = 1, pair: Double = 1, sync: String = "allreduce",
  isDisturbed: Bool = false
) -> [RunRecord] {
  [
    studyRecord([Times.single.scaled(factor)], Place(block: block)),
    studyRecord([Times.local.scaled(factor)], Place(block: block, batch: 32)),
    studyRecord(Times.pair.map { $0.scaled(factor * pair) }, Place(block: block, sync: sync)) {
      if isDisturbed { disturb(&$0) }
    },
  ]
}

/// Marks a run as disturbed by other programs.
func disturb(_ record: inout RunRecord) {
  record.loads = [NodeLoad(node: 0, host: "alpha.example.org", othersShare: 0.25)]
}

/// The analysis of records with made-up file names.
func analyse(_ records: [RunRecord]) -> StudyAnalysis {
  StudyAnalysis(
    records: records.enumerated().map { (file: "results/\($0.offset).json", record: $0.element) })
}

/// The row of a number of ranks; fails the test if there is none.
func row(_ ranks: Int, of analysis: StudyAnalysis, sync: String? = nil) throws -> StudyRow {
  let rows = analysis.works.flatMap(\.rows)
  guard let row = rows.first(where: { $0.ranks == ranks && (sync ?? $0.sync) == $0.sync }) else {
    throw MissingRow(what: "row of \(ranks) ranks")
  }
  return row
}

struct MissingRow: Error {
  let what: String
}

/// Run identifiers that differ.
private func nextID() -> String { String(UInt64.random(in: 0...UInt64.max), radix: 16) }
