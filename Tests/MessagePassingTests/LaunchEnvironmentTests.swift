import MessagePassing
import Testing

@Suite struct LaunchEnvironmentTests {
  private let openMPI = "Open MPI 4.1.4"

  @Test(arguments: [
    [:],
    ["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "1"],
    ["OMPI_COMM_WORLD_SIZE": "4", "PMI_SIZE": "4"],
    ["OMPI_COMM_WORLD_SIZE": "2", "SLURM_STEP_NUM_TASKS": "2"],
    ["PMIX_RANK": "0", "SLURM_STEP_NUM_TASKS": "4"],
    ["PMIX_RANK": "3", "PMI_SIZE": "4"],
    ["SLURM_NTASKS": "8", "SLURM_NPROCS": "8"],
    ["SLURM_STEP_NUM_TASKS": "1", "SLURM_NTASKS": "8", "SLURM_PROCID": "0"],
    ["PMI_SIZE": "1"],
    ["PMI_SIZE": "many"],
  ])
  func noProblem(variables: [String: String]) {
    #expect(LaunchEnvironment(variables).foreignLauncherProblem(library: openMPI) == nil)
  }

  @Test func srunWithoutPMIx() {
    let launch = LaunchEnvironment(["SLURM_STEP_NUM_TASKS": "4", "SLURM_PROCID": "2"])
    let words = ["./mnist-mpi", "train", "--model", "mlp"]
    #expect(
      launch.foreignLauncherProblem(library: openMPI, words: words)
        == "srun started 4 processes, but this program is built with Open MPI 4.1.4 and would be "
        + "alone in each of them; start it with: "
        + "srun --mpi=pmix -n 4 ./mnist-mpi train --model mlp")
  }

  @Test func theRemedyIsACommand() throws {
    let step = ["SLURM_STEP_NUM_TASKS": "4", "SLURM_STEP_NUM_NODES": "2", "PMI_SIZE": "4"]
    let words = ["mnist-mpi", "--data", "/a directory/mnist"]
    let srun = try #require(
      LaunchEnvironment(step).foreignLauncher(library: openMPI, words: ["mnist-mpi"]))
    #expect(srun.remedy == "srun --mpi=pmix -N 2 -n 4 mnist-mpi")
    let mpirun = try #require(
      LaunchEnvironment(["PMI_SIZE": "3"]).foreignLauncher(
        library: openMPI, words: words, mpirun: "mpirun"))
    #expect(mpirun.remedy == "mpirun -np 3 mnist-mpi ...")
  }

  @Test func theLauncherOfAnotherMPI() throws {
    let launch = LaunchEnvironment(["PMI_SIZE": "3", "PMI_RANK": "0"])
    let problem = try #require(launch.foreignLauncherProblem(library: openMPI))
    #expect(problem.hasPrefix("the launcher of another MPI (PMI) started 3 processes, "))
    #expect(!problem.contains("\n"))
    #expect(launch.foreignLauncherProblem(library: "MPICH 4.0.2") == nil)
  }

  @Test func theRemedyNamesTheLauncherOfTheLibrary() {
    let hydra = LaunchEnvironment(["PMI_SIZE": "3", "MPI_LOCALNRANKS": "3"])
    #expect(
      hydra.foreignLauncher(library: openMPI, words: ["prog"], mpirun: "mpirun.openmpi")?.remedy
        == "mpirun.openmpi -np 3 prog")
    // Hydra's helpers on two nodes of an allocation are started by srun.
    let allocation = LaunchEnvironment([
      "PMI_SIZE": "6", "MPI_LOCALNRANKS": "3", "SLURM_STEP_NUM_TASKS": "2", "PMIX_RANK": "0",
    ])
    #expect(
      allocation.foreignLauncher(library: openMPI, words: ["prog"], mpirun: "orterun")?.remedy
        == "orterun -np 6 prog")
  }

  @Test(arguments: [
    (["OMPI_COMM_WORLD_SIZE": "2"], 1, "mpirun started 2 processes", "mpirun.mpich -np 2 prog"),
    (["SLURM_STEP_NUM_TASKS": "4"], 1, "srun started 4 processes", "srun --mpi=pmi2 -n 4 prog"),
    (
      ["PMI_SIZE": "2"], 1, "the launcher of another MPI (PMI) started 2 processes",
      "mpirun.mpich -np 2 prog"
    ),
  ])
  func everyRankAloneIsFoundAfterInitialisation(
    variables: [String: String], size: Int, start: String, command: String
  ) {
    let launch = LaunchEnvironment(variables)
    #expect(
      launch.sizeProblem(
        size: size, library: "MPICH 4.0.2", words: ["prog"], mpirun: "mpirun.mpich")
        == "\(start), but MPICH 4.0.2, with which this program is built, reports \(size): "
        + "start it with: \(command)")
  }

  @Test(arguments: [
    ([:], 1), (["PMI_SIZE": "3"], 3), (["OMPI_COMM_WORLD_SIZE": "2"], 2),
    (["PMI_SIZE": "6", "MPI_LOCALNRANKS": "3", "SLURM_STEP_NUM_TASKS": "2"], 6),
    (["SLURM_STEP_NUM_TASKS": "1"], 1), (["SLURM_STEP_NUM_TASKS": "2", "PMI_SIZE": "2"], 2),
    // A job of several components: this step has two of five ranks.
    (["SLURM_STEP_NUM_TASKS": "2", "PMIX_RANK": "0"], 5),
  ])
  func equalSizesAreNoProblem(variables: [String: String], size: Int) {
    #expect(LaunchEnvironment(variables).sizeProblem(size: size, library: "MPICH 4.0.2") == nil)
  }

  @Test(arguments: [
    ([:], "none"), (["PMI_SIZE": "2", "MPI_LOCALNRANKS": "2"], "mpirun"),
    (["OMPI_COMM_WORLD_SIZE": "2", "PMIX_RANK": "0"], "mpirun"),
    (["SLURM_STEP_NUM_TASKS": "2", "PMI_SIZE": "2"], "srun"),
    (["SLURM_STEP_NUM_TASKS": "2", "PMIX_RANK": "0"], "srun"),
    (["SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "0"], "none"),
    // Hydra in an allocation whose srun uses PMIx.
    (
      ["PMI_SIZE": "4", "MPI_LOCALNRANKS": "2", "SLURM_STEP_NUM_TASKS": "2", "PMIX_RANK": "1"],
      "mpirun"
    ),
  ])
  func launcherName(variables: [String: String], name: String) {
    #expect(LaunchEnvironment(variables).launcherName == name)
  }

  @Test(arguments: [
    ([:], 0, 1, false),
    (["OMPI_COMM_WORLD_RANK": "3", "OMPI_COMM_WORLD_SIZE": "4", "SLURM_PROCID": "0"], 3, 4, true),
    (["PMIX_RANK": "2", "SLURM_PROCID": "2", "SLURM_STEP_NUM_TASKS": "5"], 2, 5, true),
    (["PMI_RANK": "1", "PMI_SIZE": "2"], 1, 2, true),
    (
      [
        "PMI_RANK": "3", "PMI_SIZE": "4", "MPI_LOCALNRANKS": "2", "PMIX_RANK": "1",
        "SLURM_STEP_NUM_TASKS": "2",
      ], 3, 4, true
    ),
    (["SLURM_PROCID": "0", "SLURM_NTASKS": "8"], 0, 1, false),
  ])
  func rankAndSize(variables: [String: String], rank: Int, size: Int, mpirun: Bool) {
    let launch = LaunchEnvironment(variables)
    #expect(launch.probableRank == rank)
    #expect(launch.probableSize == size)
    #expect(launch.mpirunIsPresent == mpirun)
  }
}
