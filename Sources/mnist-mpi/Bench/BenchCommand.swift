import ArgumentParser

/// `mnist-mpi bench`: measurements without a training run.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure the parts of a training step, the exchange between ranks, or a GPU.",
    discussion: """
      Without a subcommand it runs bench step: the machine's limits and each stage of a step.
      """,
    subcommands: [
      BenchStepCommand.self, BenchAllReduceCommand.self, BenchGPUCommand.self,
    ],
    defaultSubcommand: BenchStepCommand.self)
}
