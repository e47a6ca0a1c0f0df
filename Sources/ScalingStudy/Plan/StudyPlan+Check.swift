import RunRecords

extension StudyPlan {
  /// The options of `train` that a study sets for each run, and where its user sets them.
  private static let reserved = [
    "--model": "the key model", "--batch-size": "the key batch",
    "--batch-size-per-rank": "the key batch with scaling: weak", "--threads": "the key threads",
    "--sync": "the key sync", "--results": "--out of the study",
  ]

  /// Options with a file or directory that all runs would share.
  private static let shared = ["--json", "--save", "--trace", "--checkpoint", "--resume"]

  /// Checks all values; throws the first fault.
  func check() throws(PlanFault) {
    try checkFactors()
    for (index, run) in runs.enumerated() { try Self.check(run, prefix: "run \(index + 1): ") }
    try checkRepeats()
    for word in options {
      let name = String(word.prefix { $0 != "=" })
      if let place = Self.reserved[name] {
        throw PlanFault(
          PlanKey.options.rawValue, value: name,
          problem: "the study sets it for each run; remove it and use \(place)")
      }
      if Self.shared.contains(name) {
        throw PlanFault(
          PlanKey.options.rawValue, value: name,
          problem:
            "every run of the study would use the same file; remove it, or give it to a run that "
            + "you start yourself")
      }
    }
  }

  private func checkFactors() throws(PlanFault) {
    let sizes: [(PlanKey, Int)] = [
      (.ranks, runs.isEmpty ? ranks.count : 1), (.scaling, scalings.count), (.sync, syncs.count),
      (.threads, threads.count), (.model, models.count), (.batch, batches.count),
    ]
    for (key, count) in sizes where count == 0 {
      throw PlanFault(
        key.rawValue, problem: "no value: expected \(key.expected); give at least one")
    }
    for (key, values) in [(PlanKey.ranks, ranks), (.threads, threads), (.batch, batches)] {
      for value in values { try key.check(value) }
    }
    for sync in syncs { try Self.check(sync: sync, prefix: "") }
    for model in models { try Self.check(model: model, prefix: "") }
    guard scalings.contains(.strong) else { return }
    for batch in batches {
      guard let count = ranks.first(where: { $0 > batch }) else { continue }
      throw Self.smallBatch(batch, ranks: count, prefix: "")
    }
  }

  private static func check(_ run: StudyConfiguration, prefix: String) throws(PlanFault) {
    try PlanKey.ranks.check(run.ranks, prefix: prefix)
    try PlanKey.threads.check(run.threads, prefix: prefix)
    try PlanKey.batch.check(run.batch, prefix: prefix)
    try check(sync: run.sync, prefix: prefix)
    try check(model: run.model, prefix: prefix)
    if run.scaling == .strong && run.batch < run.ranks {
      throw smallBatch(run.batch, ranks: run.ranks, prefix: prefix)
    }
  }

  private static func smallBatch(_ batch: Int, ranks: Int, prefix: String) -> PlanFault {
    PlanFault(
      prefix + PlanKey.batch.rawValue, value: "\(batch)",
      problem: "less than one sample for each of \(ranks) ranks: expected at least \(ranks) under "
        + "strong scaling; raise batch or use fewer ranks")
  }

  private static func check(sync: String, prefix: String) throws(PlanFault) {
    guard PlanKey.syncs.contains(sync) else { throw PlanFault(.sync, value: sync, prefix: prefix) }
  }

  /// Finds words that are no model; `train` checks the layers themselves.
  private static func check(model: String, prefix: String) throws(PlanFault) {
    guard ["cnn", "mlp"].contains(model) || model.contains(":") else {
      throw PlanFault(.model, value: model, prefix: prefix)
    }
  }

  private func checkRepeats() throws(PlanFault) {
    try PlanKey.repeats.check(repeats)
    try PlanKey.maxRepeats.check(maxRepeats)
    if repeats > maxRepeats {
      throw PlanFault(
        PlanKey.repeats.rawValue, value: "\(repeats)",
        problem: "above max-repeats: expected at most \(maxRepeats); lower it or raise max-repeats")
    }
    if let until {
      guard Self.isWidth(until) else { throw PlanFault(.until, value: "\(100 * until)%") }
      if maxRepeats < Self.firstLook {
        throw PlanFault(
          PlanKey.maxRepeats.rawValue, value: "\(maxRepeats)",
          problem: "until looks first after \(Self.firstLook) blocks: expected at least "
            + "\(Self.firstLook); raise max-repeats or leave out until")
      }
    }
    guard Self.isDuration(minSeconds) else {
      throw PlanFault(.minSeconds, value: "\(minSeconds)")
    }
  }

  /// Whether `until` may have this value.
  static func isWidth(_ until: Double) -> Bool { until > 0 && until <= 1 }

  /// Whether `minSeconds` may have this value.
  static func isDuration(_ seconds: Double) -> Bool {
    seconds > 0 && seconds <= PlanKey.mostSeconds
  }
}
