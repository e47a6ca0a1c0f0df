import RunRecords

/// The rows of one work on one machine: the subject of one table.
public struct StudyWork: Sendable {
  /// One-rank runs at a local batch, which the ledger needs.
  public struct LocalRuns: Sendable {
    public let batch: Int
    /// Threads per rank.
    public let threads: Int
    /// The runs in the order of blocks, as indices of `StudyAnalysis.runs`.
    public let runIndices: [Int]
  }

  /// A record of this work; its work, model, data and machine are those of all.
  public let example: RunRecord
  public let rows: [StudyRow]
  public let fits: [StudyFit]
  public let comparisons: [SyncComparison]
  /// By batch and threads.
  public let localRuns: [LocalRuns]

  public var scaling: Scaling { example.config.scaling }
  public var model: String { example.config.model }
  /// The global batch under strong scaling, the local batch under weak scaling.
  public var batch: Int {
    scaling == .strong
      ? example.work.globalBatch ?? example.config.globalBatch
      : example.work.batchPerRank ?? example.config.batchPerRank ?? 0
  }

  /// Nil if no run of the table counts.
  init?(_ table: BlockTable) {
    guard let example = table.rows.lazy.compactMap({ table.runs(of: $0).first }).first else {
      return nil
    }
    self.example = example.record
    rows = table.rows.compactMap { StudyRow($0, in: table) }
    fits = StudyFit.list(rows)
    comparisons = SyncComparison.list(table)
    localRuns = table.localKinds.compactMap { runs in
      runs.first.map {
        LocalRuns(
          batch: $0.record.config.globalBatch, threads: $0.row.threads,
          runIndices: runs.map(\.index))
      }
    }.sorted { ($0.batch, $0.threads) < ($1.batch, $1.threads) }
  }
}
