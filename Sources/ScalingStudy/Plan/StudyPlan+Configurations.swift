extension StudyPlan {
  /// The largest number of configurations of a study.
  public static let mostConfigurations = 10_000

  /// All configurations of the study, each once.
  ///
  /// First the factors multiplied out and the explicit runs, each after its one-rank baseline;
  /// then the one-rank runs at the local batches, without those that are a baseline already. The
  /// order depends on the plan alone.
  /// - Throws: `StudyError` for the first value of the plan that cannot be used.
  public func configurations() throws(StudyError) -> [StudyConfiguration] {
    do throws(PlanFault) {
      return try checkedConfigurations()
    } catch {
      throw StudyError(error.text)
    }
  }

  /// As `configurations()`, but throws the fault, to which the reader of a file adds the line.
  func checkedConfigurations() throws(PlanFault) -> [StudyConfiguration] {
    try check()
    try Self.check(count: factorCount)
    let requested = (factors + runs).map(Self.normalized)
    let compared = Self.unique(requested.flatMap { [$0.baseline, $0] })
    let known = Set(compared)
    let local = Self.unique(requested.compactMap(\.localBatchRun)).filter { run in
      var baseline = run
      baseline.isLocalBatchRun = false
      return !known.contains(baseline)
    }
    try Self.check(count: Double(compared.count + local.count))
    return compared + local
  }

  /// The factors multiplied out; one rank occurs once for each exchange method.
  private var factors: [StudyConfiguration] {
    var all: [StudyConfiguration] = []
    for model in models {
      for scaling in scalings {
        for batch in batches {
          for threadCount in threads {
            for sync in syncs {
              all += ranks.map {
                StudyConfiguration(
                  ranks: $0, threads: threadCount, model: model, sync: sync, scaling: scaling,
                  batch: batch)
              }
            }
          }
        }
      }
    }
    return all
  }

  /// The number of configurations that the factors give with their baselines, as a product.
  ///
  /// It is known before they are multiplied out, so that a slip in a plan does not fill the memory.
  private var factorCount: Double {
    let several = Set(ranks.filter { $0 > 1 }).count
    let counts = [
      Set(models).count, Set(scalings).count, Set(batches).count, Set(threads).count,
      ranks.isEmpty ? 0 : 1 + several * Set(syncs).count,
    ]
    return counts.reduce(1) { $0 * Double($1) }
  }

  private static func check(count: Double) throws(PlanFault) {
    guard count > Double(mostConfigurations) else { return }
    throw PlanFault(
      "configurations", value: "\(Int(min(count, 1e15)))",
      problem: "expected at most \(mostConfigurations); shorten a list or split the plan")
  }

  /// A requested configuration: one rank exchanges nothing, so its method is always the same.
  private static func normalized(_ requested: StudyConfiguration) -> StudyConfiguration {
    guard requested.ranks > 1 else { return requested.baseline }
    return StudyConfiguration(
      ranks: requested.ranks, threads: requested.threads, model: requested.model,
      sync: requested.sync, scaling: requested.scaling, batch: requested.batch)
  }
}
