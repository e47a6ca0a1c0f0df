import RunRecords
import ScalingComparison

/// The one-rank runs of all works, found by the local batch that they share with a larger run.
///
/// Such a run has the matrix products of one rank of the larger run, and waits for no other rank.
struct LocalBatchRuns {
  /// A work without the limits of a run, on which the seconds of a sample do not depend.
  private struct Key: Hashable {
    var work: Work
    let machine: Conditions
    let threads: Int
    let leaves: Int?

    init(_ run: RunFacts, batch: Int) {
      work = run.record.work
      work.globalBatch = batch
      (work.epochs, work.steps, work.targetAccuracy) = (0, nil, nil)
      machine = run.work.machine
      threads = run.row.threads
      leaves = run.row.leaves
    }
  }

  /// The runs of one key.
  private struct Group {
    var all: [RunFacts] = []
    /// For each block, or for no block: the run to use, by binding.
    var chosen: [BlockKey?: [BindingClass: RunFacts]] = [:]
  }

  private var groups: [Key: Group] = [:]

  init(_ runs: [RunFacts]) {
    for run in runs where run.record.run.ranks == 1 {
      guard let batch = run.record.work.globalBatch else { continue }
      groups[Key(run, batch: batch), default: Group()].all.append(run)
    }
    for key in groups.keys {
      let blocks = Dictionary(grouping: groups[key]?.all ?? [], by: \.block)
      groups[key]?.chosen = blocks.mapValues { runs in
        Dictionary(grouping: runs, by: \.row.binding).compactMapValues(RunFacts.representative)
      }
    }
  }

  /// The one-rank run at the local batch of a run of several ranks under strong scaling.
  ///
  /// It is of the same block, or outside blocks as the run is; with the same binding if there is
  /// such a run. Also returns all runs of its kind.
  func find(for run: RunFacts) -> (chosen: RunFacts, all: [RunFacts])? {
    guard run.row.ranks > 1, let batch = run.record.work.globalBatch, batch >= run.row.ranks,
      let group = groups[Key(run, batch: batch / run.row.ranks)],
      let chosen = group.chosen[run.block]
    else { return nil }
    let other = chosen.values.min { $0.index < $1.index }
    return (chosen[run.row.binding] ?? other).map { ($0, group.all) }
  }
}
