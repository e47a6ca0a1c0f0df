import ScalingComparison
import TextTables

/// What one part of a ledger means, and the next thing to try, in plain words.
struct LossSentence {
  /// The largest share of p T(p) that time outside all phases may have.
  static let restLimit = 0.03
  /// The smallest share of p T(p) that is worth a trial.
  private static let worthATrial = 0.01

  let entry: LossLedger.Entry
  let row: StudyRow
  let work: StudyWork
  let ledger: LossLedger

  init(_ entry: LossLedger.Entry, row: StudyRow, work: StudyWork, ledger: LossLedger) {
    self.entry = entry
    self.row = row
    self.work = work
    self.ledger = ledger
  }

  static func name(of part: LossPart) -> String {
    switch part {
    case .localBatch: "smaller local batch"
    case .slowerComputation: "slower computation"
    case .computation: "computation"
    case .imbalance: "imbalance"
    case .skew: "skew"
    case .transfer: "transfer"
    case .update: "update"
    case .load: "load"
    case .rest: "rest"
    }
  }

  var text: String {
    var sentences = [meaning]
    if let slowest { sentences.append(slowest) }
    if ledger.share(of: entry.seconds) >= Self.worthATrial { sentences.append("Try: \(trial).") }
    return sentences.joined(separator: " ")
  }

  private var meaning: String {
    if entry.part == .rest { return rest }
    if entry.seconds > 0 { return loss }
    return ledger.share(of: entry.seconds) > -Self.worthATrial ? "No loss." : "A gain: \(gain)"
  }

  private var loss: String {
    switch entry.part {
    case .localBatch: "With \(batches) an image takes more time."
    case .slowerComputation:
      "Forward and backward are slower than on one rank alone with the same local batch: memory "
        + "bandwidth, clock, other programs."
    case .computation: "Forward and backward take more time an image than on one rank."
    case .imbalance: "Ranks wait at the all-reduce for the last rank."
    case .skew: "Ranks end before the slowest rank does."
    case .transfer: "Gradients are exchanged after all ranks have arrived."
    case .update:
      repeatsUpdate
        ? "Every rank updates all parameters, as one rank does alone."
        : "The update of all ranks takes longer than that of one rank."
    case .load: "Copying samples takes longer than on one rank."
    case .rest: rest
    }
  }

  private var gain: String {
    switch entry.part {
    case .localBatch: "with \(batches) an image takes less time, for example in caches."
    case .slowerComputation:
      "forward and backward are faster than on one rank alone with the same local batch."
    case .computation: "forward and backward take less time an image than on one rank."
    default: "all ranks together need less than one rank."
    }
  }

  private var rest: String {
    abs(ledger.share(of: entry.seconds)) > Self.restLimit
      ? "Time outside all phases, more than \(NumberText.percent(Self.restLimit, 0)) %: the parts "
        + "do not explain this row." : "Time outside all phases."
  }

  private var batches: String {
    "\(work.batch / row.ranks) images a rank instead of \(work.batch)"
  }

  /// Names the slowest rank, where the largest part is one that a slow rank causes.
  private var slowest: String? {
    guard let rank = ledger.slowestRank, entry.part == ledger.largest?.part,
      [.imbalance, .slowerComputation, .computation].contains(entry.part)
    else { return nil }
    guard rank.computeSeconds > 1.01 * rank.meanSeconds else {
      return "All ranks compute equally long, within 1 %."
    }
    return "The slowest is rank \(rank.rank) on \(ComparisonPhrases.shortHost(rank.host)): it "
      + "computes for \(SecondsText.text(rank.computeSeconds, of: ledger.rankSeconds)) s, the mean "
      + "is \(SecondsText.text(rank.meanSeconds, of: ledger.rankSeconds)) s."
  }

  /// Whether each rank updates all parameters.
  private var repeatsUpdate: Bool { row.sync != "node" }

  private var trial: String {
    switch entry.part {
    case .localBatch: "a larger global batch, or weak scaling"
    case .slowerComputation: "fewer ranks a socket or node, or fewer ranks with more threads"
    case .computation: "a study, which has the one-rank run at the local batch to split this part"
    case .imbalance: "one core for each thread, and mnist-mpi doctor on the slowest rank's host"
    case .skew: "more steps, and mnist-mpi doctor on the slowest rank's host"
    case .transfer:
      if row.sync == "allreduce" {
        row.nodes > 1
          ? "--sync node, a larger batch, a faster network" : "--sync node, or a larger batch"
      } else {
        row.nodes > 1 ? "a larger batch, a faster network" : "a larger batch"
      }
    case .update:
      repeatsUpdate
        ? "--sync node, which divides the update among ranks of a node, or a larger batch"
        : "a larger batch, which needs fewer updates for as many images"
    case .load: "fewer ranks a node"
    case .rest: "a repetition on a quiet machine, and mnist-mpi doctor"
    }
  }
}
