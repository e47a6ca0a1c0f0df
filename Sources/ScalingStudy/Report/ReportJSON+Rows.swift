import RunRecords
import ScalingComparison
import Statistics

extension ReportJSON {
  /// One row of a table with its ledger.
  struct Row: Encodable {
    let model: String
    let scaling: Scaling
    let batch: Int
    let workHash: String
    let data: String
    let ranks: Int
    let nodes: Int
    let sync: String
    let threads: Int
    let leaves: OrNull<Int>
    let drill: OrNull<String>
    let runs: Int
    let trainingSeconds: OrNull<MedianInterval>
    let imagesPerSecond: OrNull<MedianInterval>
    let speedup: OrNull<MedianInterval>
    let efficiency: OrNull<MedianInterval>
    let secondsToTarget: OrNull<MedianInterval>
    /// Empty for one rank, and without a one-rank run.
    let ledger: [LossLedger.Entry]
    let ledgerTotalSeconds: OrNull<Double>
    /// p T(p), of which the ledger's seconds are a share.
    let rankSeconds: OrNull<Double>
    let slowestRank: OrNull<LossLedger.SlowestRank>
    let pop: OrNull<POPFactors>
    let sameWork: OrNull<String>
    let faults: [String]
    let notes: [String]

    init(_ row: StudyRow, of work: StudyWork) {
      let place = Place(work)
      model = place.model
      scaling = place.scaling
      batch = place.batch
      workHash = place.workHash
      data = work.example.config.data
      ranks = row.ranks
      nodes = row.nodes
      sync = row.sync
      threads = row.threads
      leaves = OrNull(row.leaves)
      drill = OrNull(row.drill)
      runs = row.runs
      trainingSeconds = OrNull(row.trainingSeconds)
      imagesPerSecond = OrNull(row.imagesPerSecond)
      speedup = OrNull(row.speedup)
      efficiency = OrNull(row.efficiency)
      secondsToTarget = OrNull(row.secondsToTarget)
      ledger = row.ledger?.entries ?? []
      ledgerTotalSeconds = OrNull(row.ledger?.totalSeconds)
      rankSeconds = OrNull(row.ledger?.rankSeconds)
      slowestRank = OrNull(row.ledger?.slowestRank)
      pop = OrNull(row.ledger?.factors)
      sameWork = OrNull(row.verdict?.text)
      faults = row.faults
      notes = row.notes
    }
  }

  /// One record, whether it is a measurement, and whether its row uses it.
  struct Run: Encodable {
    let file: String
    let id: String
    let ranks: Int
    let trainingSeconds: Double
    let validity: StudyRun.Validity
    /// The largest share of a node's core time that other programs used; null if not measured.
    let othersShare: OrNull<Double>
    let reasons: [String]
    let counts: Bool
    let exclusion: OrNull<String>
    let study: OrNull<StudyMembership>

    init(_ run: StudyRun) {
      file = run.file
      id = run.record.run.id
      ranks = run.record.run.ranks
      trainingSeconds = run.record.result.trainingSeconds
      validity = run.validity
      othersShare = OrNull(run.othersShare)
      reasons = run.reasons
      counts = run.exclusion == nil
      exclusion = OrNull(run.exclusion)
      study = OrNull(run.record.study)
    }
  }

  /// Two exchange methods compared, in one work.
  struct Comparison: Encodable {
    let work: Place
    let comparison: SyncComparison

    func encode(to encoder: any Encoder) throws {
      try work.encode(to: encoder)
      try comparison.encode(to: encoder)
    }
  }
}
