import ArgumentParser
import MessagePassing

/// `mnist-mpi train`, also `mnist-mpi` alone.
struct TrainCommand: RankCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train, evaluate, write a record and compare it with the one-rank run (default).",
    discussion: """
      Prints the loss every --log-interval steps, a line an epoch, then one row a rank: where its \
      seconds went. A run of several ranks is compared with the one-rank runs of the same work that \
      --results holds.

      Examples:

        mpirun -np 2 mnist-mpi --threads 1
        mpirun -np 2 mnist-mpi --model mlp --batch-size 256
        mpirun -np 4 mnist-mpi --batch-size-per-rank 64       weak scaling
        mnist-mpi --data /usr/share/datasets/fashion-mnist    another IDX set
      """)

  @OptionGroup(title: "The work")
  var work: WorkOptions

  @OptionGroup(title: "The run")
  var options: RunOptions

  func run(over communicator: Communicator) throws {
    try TrainingRun(communicator: communicator, work: work, options: options).run()
  }
}
