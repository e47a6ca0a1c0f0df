import ArgumentParser
import DataParallel

extension CheckpointInterval: ExpressibleByArgument {
  /// Parses a number of steps, or a number of seconds that ends with `s`.
  public init?(argument: String) { self.init(argument) }

  public var defaultValueDescription: String { text }
}

extension CheckpointFault: ExpressibleByArgument {
  /// Parses `stage:number`.
  public init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let stage = CheckpointStage(rawValue: String(parts[0])),
      let number = Int(parts[1]), number > 0
    else { return nil }
    self.init(stage: stage, number: number)
  }
}

/// The options that save the state of a run and go on from it.
struct CheckpointOptions: ParsableArguments {
  /// The value of `--resume` that means the newest checkpoint.
  static let newest = "auto"

  @Option(
    help: ArgumentHelp(
      "Directory of checkpoints; also written when a signal stops the run.",
      discussion: """
        SIGUSR1, SIGTERM and SIGINT stop all ranks after the same step. The exit code is then 75 if \
        a checkpoint was written, else 128 and the signal. A second SIGINT ends the run at once.
        """,
      valueName: "directory"))
  var checkpoint: String?

  @Option(
    help: ArgumentHelp(
      "Steps between checkpoints, or seconds with an s: 1000 or 30s (default: 600s).",
      valueName: "n or ns"))
  var checkpointEvery: CheckpointInterval?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Checkpoints that stay; older ones are removed (default: 2).", valueName: "n"))
  var keep: Int?

  @Option(
    defaultAsFlag: CheckpointOptions.newest,
    help: ArgumentHelp(
      "Go on from the newest checkpoint (auto), or from this one.",
      discussion: """
        auto starts afresh if --checkpoint has no checkpoint. The run ends with the same bits as one \
        that was never stopped, if ranks, threads, method and machine are the same; with \
        --reproducible on any number of ranks and threads.
        """,
      valueName: "auto or file"))
  var resume: String?

  @Flag(
    help: """
      Resume although ranks, threads, method, library or machine differ, so that bits may differ; \
      the record says so.
      """)
  var allowDifferentBits = false

  @Option(
    help: ArgumentHelp(
      "Kill rank 0 in a stage of a checkpoint, to test resuming.", valueName: "stage:number",
      visibility: .hidden))
  var dieIn: CheckpointFault?

  var interval: CheckpointInterval { checkpointEvery ?? .seconds(600) }
  var kept: Int { keep ?? 2 }

  func validate() throws {
    if let keep, !(1...1000).contains(keep) {
      throw ValidationError("--keep \(keep): expected a number from 1 to 1000")
    }
    for (option, path) in [("--checkpoint", checkpoint), ("--resume", resume)] where path == "" {
      throw ValidationError("\(option) \"\": expected a path")
    }
    if checkpoint == nil {
      for (option, isGiven) in [
        ("--checkpoint-every", checkpointEvery != nil), ("--keep", keep != nil),
        ("--die-in", dieIn != nil),
      ] where isGiven {
        throw ValidationError(
          "\(option) belongs to --checkpoint DIRECTORY; leave it out or add that")
      }
      if resume == Self.newest {
        throw ValidationError(
          "--resume auto: add --checkpoint DIRECTORY, which says where the checkpoints are")
      }
    }
    if allowDifferentBits && resume == nil {
      throw ValidationError("--allow-different-bits belongs to --resume; leave it out or add that")
    }
  }
}
