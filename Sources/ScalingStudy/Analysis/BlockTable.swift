import RunRecords

/// The runs of one work by block and row, and which of them count.
struct BlockTable {
  /// The rows, by ranks.
  let rows: [RowKey]
  /// Why a run does not count, by its index.
  let exclusions: [Int: String]
  /// The run at the local batch that the ledger of a run needs, by the index of that run.
  let localRuns: [Int: RunFacts]
  /// All runs of the kinds in `localRuns`, one array for each kind.
  let localKinds: [[RunFacts]]
  private let counted: [RowKey: [RunFacts]]
  private let byBlock: [BlockKey: [RowKey: RunFacts]]
  private let all: [RowKey: [RunFacts]]

  /// Arranges runs of one work.
  init(_ runs: [RunFacts], localBatchRuns: LocalBatchRuns) {
    all = Dictionary(grouping: runs, by: \.row)
    rows = all.keys.sorted()
    var exclusions: [Int: String] = [:]
    byBlock = Self.lastAttempts(runs, &exclusions)
    var localRuns: [Int: RunFacts] = [:]
    var kinds: [Int: [RunFacts]] = [:]
    for run in runs {
      guard let found = localBatchRuns.find(for: run), let first = found.all.first else { continue }
      localRuns[run.index] = found.chosen
      kinds[first.index] = found.all
    }
    self.localRuns = localRuns
    localKinds = kinds.keys.sorted().map { Self.inOrder(kinds[$0] ?? []) }
    let excludedBlocks = Self.disturbedBlocks(byBlock, localRuns)
    for (block, chosen) in byBlock where excludedBlocks.contains(block) {
      for run in chosen.values {
        exclusions[run.index] =
          run.isDisturbed
          ? "disturbed by other programs" : "its block has a run disturbed by other programs"
      }
    }
    var counted: [RowKey: [RunFacts]] = [:]
    for (row, runs) in all {
      counted[row] = Self.inBlocks(runs, &exclusions) ?? Self.outsideBlocks(runs, &exclusions)
    }
    self.counted = counted
    self.exclusions = exclusions
  }

  /// The runs of a row that count: those of its blocks, in their order; else those outside blocks.
  func runs(of row: RowKey) -> [RunFacts] { counted[row] ?? [] }

  /// All runs of a row, in the order of blocks, then those outside blocks.
  func allRuns(of row: RowKey) -> [RunFacts] { Self.inOrder(all[row] ?? []) }

  /// The row that a row is compared with: one rank with as many threads.
  ///
  /// Its conditions are equal where there is such a row; else the nearest.
  func base(of row: RowKey) -> RowKey? {
    if row.ranks == 1 { return row }
    let singles = rows.filter {
      $0.ranks == 1 && $0.threads == row.threads && $0.leaves == row.leaves
    }
    return singles.first { $0 == row.base }
      ?? singles.first { $0.binding == row.binding && $0.drill == row.drill } ?? singles.first
  }

  /// The runs of a row that count, each with the run of another row in the same block.
  func pairs(_ row: RowKey, with other: RowKey) -> [(run: RunFacts, base: RunFacts)] {
    runs(of: row).compactMap { run in
      guard let block = run.block, let base = byBlock[block]?[other] else { return nil }
      return (run, base)
    }
  }

  /// All last attempts of a row, whether they count or not, each with the run of another row in
  /// the same block.
  func allPairs(_ row: RowKey, with other: RowKey) -> [(run: RunFacts, base: RunFacts)] {
    allRuns(of: row).compactMap { run in
      guard let block = run.block, let chosen = byBlock[block], chosen[row]?.index == run.index,
        let base = chosen[other]
      else { return nil }
      return (run, base)
    }
  }

  /// Whether every row has a run that the ledgers of other works need, at their local batch.
  func serves(_ forLedgers: Set<Int>) -> Bool {
    all.values.allSatisfy { runs in runs.contains { forLedgers.contains($0.index) } }
  }

  /// The runs of each block; of several attempts the last.
  private static func lastAttempts(
    _ runs: [RunFacts], _ exclusions: inout [Int: String]
  ) -> [BlockKey: [RowKey: RunFacts]] {
    var blocks: [BlockKey: [RowKey: RunFacts]] = [:]
    for run in runs {
      guard let block = run.block else { continue }
      let other = blocks[block]?[run.row]
      if let other, other.attempt > run.attempt {
        exclusions[run.index] = "a later attempt of its block counts"
        continue
      }
      if let other { exclusions[other.index] = "a later attempt of its block counts" }
      blocks[block, default: [:]][run.row] = run
    }
    return blocks
  }

  /// The blocks that do not count, because other programs disturbed a run of theirs.
  ///
  /// They count if their study has no block that is complete and undisturbed.
  private static func disturbedBlocks(
    _ blocks: [BlockKey: [RowKey: RunFacts]], _ localRuns: [Int: RunFacts]
  ) -> Set<BlockKey> {
    var rows: [String: Set<RowKey>] = [:]
    for (block, chosen) in blocks { rows[block.study, default: []].formUnion(chosen.keys) }
    var disturbed = Set<BlockKey>()
    var sound = Set<String>()
    for (block, chosen) in blocks {
      let local = chosen.values.compactMap { localRuns[$0.index] }
      if (chosen.values + local).contains(where: \.isDisturbed) {
        disturbed.insert(block)
      } else if chosen.count == rows[block.study]?.count {
        sound.insert(block.study)
      }
    }
    return disturbed.filter { sound.contains($0.study) }
  }

  /// The runs of blocks that count; nil if there are none.
  private static func inBlocks(
    _ runs: [RunFacts], _ exclusions: inout [Int: String]
  ) -> [RunFacts]? {
    let counted = runs.filter { $0.block != nil && exclusions[$0.index] == nil }
    guard !counted.isEmpty else { return nil }
    for run in runs where run.block == nil {
      exclusions[run.index] = "outside the blocks of a study"
    }
    return inOrder(counted)
  }

  /// The runs outside blocks that count: the undisturbed, or all if all are disturbed.
  private static func outsideBlocks(
    _ runs: [RunFacts], _ exclusions: inout [Int: String]
  ) -> [RunFacts] {
    let free = runs.filter { $0.block == nil }
    let undisturbed = free.filter { !$0.isDisturbed }
    guard !undisturbed.isEmpty else { return free }
    for run in free where run.isDisturbed {
      exclusions[run.index] = "disturbed by other programs"
    }
    return undisturbed
  }

  /// By study, in the order of the studies' first runs, and block; runs outside blocks last.
  private static func inOrder(_ runs: [RunFacts]) -> [RunFacts] {
    var studies: [String: Int] = [:]
    for run in runs {
      if let study = run.block?.study, studies[study] == nil { studies[study] = studies.count }
    }
    func order(_ run: RunFacts) -> (Int, Int, Int, Int) {
      guard let block = run.block else { return (studies.count, 0, 0, run.index) }
      return (studies[block.study] ?? 0, block.number, run.attempt, run.index)
    }
    return runs.sorted { order($0) < order($1) }
  }
}
