import RunRecords
import ScalingComparison

/// What the runs of one table have in common: the work, the machine and the program.
struct WorkKey: Hashable {
  let work: Work
  /// Differs where a newer program writes fields of the work that this program does not know.
  let workHash: String
  let machine: Conditions

  init(_ record: RunRecord, _ conditions: Conditions) {
    work = record.work
    workHash = record.workHash
    var machine = conditions.withAnyThreads
    machine.leaves = nil
    self.machine = machine
  }
}

/// What the runs of one row of a table have in common, besides their work and machine.
struct RowKey: Hashable, Comparable {
  var ranks: Int
  var nodes: Int
  /// Gradient exchange method; empty for one rank, which exchanges nothing.
  var sync: String
  let threads: Int
  let leaves: Int?
  var binding: BindingClass
  var drill: String?

  init(_ record: RunRecord) {
    ranks = record.run.ranks
    nodes = record.run.nodes
    sync = record.run.ranks == 1 ? "" : record.config.sync ?? "allreduce"
    threads = record.config.threadsPerRank
    leaves = record.config.leaves
    binding = record.machine.binding
    drill = record.drill
  }

  /// The key of the one-rank runs that a row is compared with.
  var base: RowKey {
    var base = self
    (base.ranks, base.nodes, base.sync, base.drill) = (1, 1, "", nil)
    return base
  }

  /// By ranks, nodes, threads and method.
  static func < (one: RowKey, other: RowKey) -> Bool { one.order < other.order }

  private var order: (Int, Int, Int, Int, String, String) {
    (ranks, nodes, threads, leaves ?? 0, sync, "\(drill ?? "") \(binding.rawValue)")
  }
}

/// A block of a study.
struct BlockKey: Hashable {
  let study: String
  let number: Int

  init(_ membership: StudyMembership) {
    study = membership.study
    number = membership.block
  }
}
