/// The keys of a plan, by their names in a YAML file, and what each takes.
enum PlanKey: String, CaseIterable {
  case ranks
  case scaling
  case sync
  case threads
  case model
  case batch
  case runs
  case repeats
  case maxRepeats = "max-repeats"
  case until
  case minSeconds = "min-seconds"
  case seed
  case options

  /// The keys of one explicit run.
  static let ofRun: [PlanKey] = [.ranks, .scaling, .sync, .threads, .model, .batch]

  /// The gradient exchange methods that a study compares.
  ///
  /// `auto` is not among them, because it may choose another method in each run.
  static let syncs = ["allreduce", "node", "cuda-aware"]

  /// The largest `min-seconds`, a day.
  static let mostSeconds = 86_400.0

  /// The range of a key that takes whole numbers; the program `train` has the same limits.
  var limits: ClosedRange<Int> {
    switch self {
    case .threads: 1...4096
    case .batch: 1...(1 << 24)
    case .repeats, .maxRepeats: 1...10_000
    default: 1...1_000_000
    }
  }

  /// What the key takes, after the word "expected".
  var expected: String {
    switch self {
    case .ranks, .threads, .batch, .repeats, .maxRepeats:
      "a whole number from \(limits.lowerBound) to \(limits.upperBound)"
    case .scaling: "strong or weak"
    case .sync: "allreduce, node or cuda-aware"
    case .model:
      "cnn, mlp or a list of layers such as conv5x5:20,relu,fc:classes (in quotes inside [ ])"
    case .runs: "a list of runs such as - {ranks: 2, batch: 64}"
    case .until: "a percentage above 0% and up to 100%, such as 2%"
    case .minSeconds: "a number of seconds above 0 and up to \(Int(Self.mostSeconds))"
    case .seed: "a whole number from 0 to \(UInt64.max)"
    case .options: "options of train, as a list or as words between spaces"
    }
  }

  /// Checks a number against `limits`.
  func check(_ value: Int, prefix: String = "") throws(PlanFault) {
    guard limits.contains(value) else { throw PlanFault(self, value: "\(value)", prefix: prefix) }
  }
}
