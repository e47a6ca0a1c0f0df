import RunRecords

/// The statistics of any number of records: rows, ledgers and fits, by work.
public struct StudyAnalysis: Sendable {
  /// By model, scaling and batch; empty without records.
  public let works: [StudyWork]
  /// All runs, in the order of the records; a record given twice counts once.
  public let runs: [StudyRun]
  /// The number of blocks, in all studies.
  public let blocks: Int
  /// The number of blocks in which other programs disturbed a run.
  public let disturbedBlocks: Int

  /// Analyses records, with the names of their files.
  public init(records: [(file: String, record: RunRecord)]) {
    let unique = Self.withoutDuplicates(records)
    let facts = unique.enumerated().map { RunFacts(index: $0.offset, $0.element.record) }
    let local = LocalBatchRuns(facts)
    var order: [WorkKey] = []
    var groups: [WorkKey: [RunFacts]] = [:]
    for run in facts {
      if groups[run.work] == nil { order.append(run.work) }
      groups[run.work, default: []].append(run)
    }
    let tables = order.map { BlockTable(groups[$0] ?? [], localBatchRuns: local) }
    var forLedgers = Set<Int>()
    for table in tables {
      forLedgers.formUnion(table.localRuns.values.map(\.index))
    }
    works = tables.filter { !$0.serves(forLedgers) }.compactMap(StudyWork.init).enumerated().sorted
    {
      Self.order($0.element, $0.offset) < Self.order($1.element, $1.offset)
    }.map(\.element)
    let exclusions = tables.reduce(into: [:]) { all, table in
      all.merge(table.exclusions) { one, _ in one }
    }
    runs = zip(facts, unique).map {
      StudyRun($0, file: $1.file, exclusion: exclusions[$0.index])
    }
    blocks = Set(facts.compactMap(\.block)).count
    disturbedBlocks = Set(facts.filter(\.isDisturbed).compactMap(\.block)).count
  }

  private static func order(_ work: StudyWork, _ offset: Int) -> (String, String, Int, Int) {
    (work.model, work.scaling.rawValue, work.batch, offset)
  }

  private static func withoutDuplicates(
    _ records: [(file: String, record: RunRecord)]
  ) -> [(file: String, record: RunRecord)] {
    var known: [String: [RunRecord]] = [:]
    return records.filter { _, record in
      if known[record.run.id, default: []].contains(record) { return false }
      known[record.run.id, default: []].append(record)
      return true
    }
  }
}
