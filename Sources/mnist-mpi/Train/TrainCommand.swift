import ArgumentParser
import MessagePassing

/// `mnist-mpi train`, which is also the command if none is named: trains a model.
struct TrainCommand: RankCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train, evaluate, write a record and compare it with the one-rank run (default).",
    discussion: """
      Prints the loss every --log-interval steps, a line for each epoch, and at the end a table \
      with the time of each rank in each phase. A run on several ranks is then compared with the \
      one-rank runs of the same work in the directory of --results.

      Exit codes: 0 success; 1 the training failed; 64 an invalid option; 65 invalid data; 70 an error \
      of one rank; 73 an output that cannot be written; 75 stopped by a signal, with a checkpoint to \
      resume; 128 and the signal: stopped without a checkpoint.

      Examples:

        mpirun -np 2 mnist-mpi --threads 1
        mpirun -np 2 mnist-mpi --model mlp --batch-size 256
        mpirun -np 4 mnist-mpi --batch-size-per-rank 64       weak scaling
        mpirun -np 2 mnist-mpi --trace trace.json             a timeline of all ranks
        mnist-mpi --data /usr/share/datasets/fashion-mnist    another data set in IDX files
      """)

  @OptionGroup(title: "The work")
  var work: WorkOptions

  @OptionGroup(title: "The run")
  var options: RunOptions

  @OptionGroup(title: "Checkpoints")
  var checkpoints: CheckpointOptions

  func run(over communicator: Communicator) throws {
    try TrainingRun(
      communicator: communicator, work: work, options: options, checkpointOptions: checkpoints
    ).run()
  }
}
