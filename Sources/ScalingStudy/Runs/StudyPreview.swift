import TextTables

/// What a study would run, for `--dry-run`.
public struct StudyPreview: Sendable {
  let plan: StudyPlan
  let launch: LaunchSettings
  let slots: RankSlots?

  /// A preview of a plan on these hosts.
  public init(plan: StudyPlan, launch: LaunchSettings, slots: RankSlots?) {
    self.plan = plan
    self.launch = launch
    self.slots = slots
  }

  /// The commands of the first block in their order, and the expected time.
  ///
  /// - Throws: `StudyError` as the study would.
  public func text(program: String) throws(StudyError) -> String {
    let configurations = try plan.configurations()
    try launch.check(configurations, slots: slots)
    let isGiven = StudyLength.isGiven(in: plan.options)
    let described = StudyProgram(path: program, sha256: "", revision: "", environment: [:])
    let commands = plan.order(ofBlock: 1, configurations).map { configuration in
      launch.command(
        ranks: configuration.ranks, threads: configuration.threads, slots: slots,
        program: described.arguments(
          configuration, steps: nil, options: plan.options, results: "DIR/records",
          membership: nil)
      ).joined(separator: " ")
    }
    let seconds = StudyTiming.expectedSeconds(
      perRun: 1.5 * plan.minSeconds, blocks: plan.repeats, configurations: configurations.count)
    let length =
      isGiven
      ? "the time depends on the given length of the runs"
      : "about \(StudyProgress.duration(seconds)), if a run takes 1.5 times --min-seconds"
    return
      ([
        "\(NumberText.count(configurations.count, "configuration", "configurations")), "
          + "\(NumberText.count(plan.repeats, "block", "blocks")), "
          + (isGiven ? "" : "--steps from a calibration run; ") + length,
        "Block 1:",
      ] + commands.map { "  \($0)" }).joined(separator: "\n")
  }
}
