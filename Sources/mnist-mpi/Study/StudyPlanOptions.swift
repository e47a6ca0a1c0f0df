import ArgumentParser
import RunRecords
import ScalingStudy

/// The options of `study` that define its plan; they replace the values of a plan file.
struct StudyPlanOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A plan as YAML; options beside it replace its values.", valueName: "plan.yaml"))
  var file: String?

  @Option(help: ArgumentHelp("Rank counts (default: 1,2).", valueName: "n,n"))
  var ranks: String?

  @Option(help: ArgumentHelp("strong, weak or both (default: strong).", valueName: "scaling,..."))
  var scaling: String?

  @Option(
    help: ArgumentHelp(
      "Gradient exchange methods: allreduce, node (default: allreduce).", valueName: "method,..."))
  var sync: String?

  @Option(help: ArgumentHelp("Threads of each rank (default: 1).", valueName: "n,n"))
  var threads: String?

  @Option(
    help: ArgumentHelp("Network, as for train; may be repeated (default: cnn).", valueName: "model")
  )
  var model: [String] = []

  @Option(
    help: ArgumentHelp(
      "Global batches; local batches under weak scaling (default: 64).", valueName: "n,n"))
  var batch: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Blocks (default: 9; at least 6 for 95 % intervals).", valueName: "n"))
  var repeats: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The most blocks with --until (default: 30).", valueName: "n"))
  var maxRepeats: Int?

  @Option(
    help: ArgumentHelp(
      "Add blocks until the interval of every efficiency is this narrow, over its median.",
      valueName: "2%"))
  var until: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Training seconds of the quickest run, from which the steps follow (default: 5).",
      valueName: "seconds"))
  var minSeconds: Double?

  @Option(parsing: .unconditional, help: "Seed of the order of runs (default: 1).")
  var seed: UInt64?

  @Flag(help: "Three configurations, six blocks, --min-seconds 1: about a minute.")
  var quick = false

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("Options of train for all runs.", valueName: "-- options"))
  var trainOptions: [String] = []

  /// The plan of the file and the options.
  ///
  /// - Throws: `StudyError` naming the file or option, its value and what was expected.
  func make() throws -> StudyPlan {
    var plan = try file.map { try StudyPlan(file: $0) } ?? StudyPlan()
    if quick { (plan.repeats, plan.minSeconds) = (6, 1) }
    if let ranks { plan.ranks = try Self.numbers("--ranks", ranks) }
    if let threads { plan.threads = try Self.numbers("--threads", threads) }
    if let batch { plan.batches = try Self.numbers("--batch", batch) }
    if let sync { plan.syncs = Self.words(sync) }
    if let scaling {
      plan.scalings = try Self.words(scaling).map { word in
        guard let value = Scaling(rawValue: word) else {
          throw StudyError("--scaling \(word): expected strong or weak")
        }
        return value
      }
    }
    if !model.isEmpty { plan.models = model.map { $0.lowercased().filter { !$0.isWhitespace } } }
    if let repeats { plan.repeats = repeats }
    plan.maxRepeats = maxRepeats ?? max(plan.maxRepeats, plan.repeats)
    if let until {
      guard let width = StudyPlan.percentage(until) else {
        throw StudyError("--until \(until): expected a percentage such as 2%")
      }
      plan.until = width
    }
    if let minSeconds { plan.minSeconds = minSeconds }
    if let seed { plan.seed = seed }
    if !trainOptions.isEmpty { plan.options = trainOptions }
    return plan
  }

  private static func words(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.lowercased().filter { !$0.isWhitespace } }
  }

  private static func numbers(_ option: String, _ text: String) throws -> [Int] {
    try words(text).map { word in
      guard let number = Int(word), number > 0 else {
        throw StudyError("\(option) \(text): expected whole numbers from 1 on, such as 1,2,4")
      }
      return number
    }
  }
}
