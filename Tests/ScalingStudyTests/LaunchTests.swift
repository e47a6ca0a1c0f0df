import ChildProcesses
import ScalingStudy
import TestSupport
import Testing

/// The commands that start the runs of a study, and the slots that they need.
@Suite struct LaunchTests {
  private static let cores = RankSlots(count: 4, text: "4 cores on this host")

  private static func command(
    _ settings: LaunchSettings, ranks: Int, threads: Int = 1
  ) -> String {
    settings.command(ranks: ranks, threads: threads, slots: cores, program: ["prog", "train"])
      .joined(separator: " ")
  }

  @Test func ranksAreBoundToCoresOfTheirOwn() {
    #expect(
      Self.command(LaunchSettings(), ranks: 4) == "mpirun -np 4 --bind-to core prog train")
    #expect(
      Self.command(LaunchSettings(), ranks: 2, threads: 2)
        == "mpirun -np 2 --map-by slot:PE=2 --bind-to core prog train")
    #expect(
      Self.command(LaunchSettings(hostfile: "hosts"), ranks: 1)
        == "mpirun -np 1 --hostfile hosts --bind-to core prog train")
  }

  @Test func hydraHasItsOwnWords() {
    let settings = LaunchSettings(mpirun: "mpirun.mpich", family: .mpich, oversubscribe: true)
    #expect(Self.command(settings, ranks: 4) == "mpirun.mpich -np 4 --bind-to core prog train")
    #expect(
      Self.command(settings, ranks: 2, threads: 2)
        == "mpirun.mpich -np 2 --bind-to core:2 prog train")
    #expect(
      Self.command(settings, ranks: 3, threads: 2)
        == "mpirun.mpich -np 3 --bind-to none prog train")
  }

  /// The line of a failed run that a study keeps.
  @Test(arguments: [
    (
      """
      YOUR APPLICATION TERMINATED WITH THE EXIT STRING: Killed (signal 9)
      This typically refers to a problem with your application.
      Please see the FAQ page for debugging suggestions
      """, "YOUR APPLICATION TERMINATED WITH THE EXIT STRING: Killed (signal 9)"
    ),
    (
      """
      [mpiexec@a] match_arg (utils/args/args.c:163): unrecognized argument x
      [mpiexec@a] HYDU_parse_array (utils/args/args.c:178): argument matching returned error
      """, "[mpiexec@a] match_arg (utils/args/args.c:163): unrecognized argument x"
    ),
    ("mnist-mpi: the disk is full\n[proxy:0:0@a] error\n", "mnist-mpi: the disk is full"),
    ("mpirun noticed that a rank exited\n-----\n", "mpirun noticed that a rank exited"),
    ("", "no output"),
  ])
  func theReasonOfAFailureIsFound(output: String, reason: String) {
    #expect(ChildProcess.Ending(exitCode: 9, output: output).reason == reason)
  }

  @Test func moreThreadsThanSlotsAreUnboundAndOnlyOnRequest() throws {
    let many = [StudyConfiguration(ranks: 3, threads: 2)]
    #expect(
      Self.command(LaunchSettings(oversubscribe: true), ranks: 3, threads: 2)
        == "mpirun -np 3 --oversubscribe --bind-to none prog train")
    let refusal = #expect(throws: StudyError.self) {
      try LaunchSettings().check(many, slots: Self.cores)
    }
    let text = "\(try #require(refusal))"
    #expect(text.hasPrefix("--ranks 3 with 2 threads each: there are 4 cores"))
    let single = #expect(throws: StudyError.self) {
      try LaunchSettings().check([StudyConfiguration(ranks: 5)], slots: Self.cores)
    }
    #expect("\(try #require(single))".hasPrefix("--ranks 5 with 1 thread each: "))
    #expect(throws: Never.self) {
      try LaunchSettings(oversubscribe: true).check(many, slots: Self.cores)
      try LaunchSettings(launcher: ["srun", "-n", "{ranks}"]).check(many, slots: Self.cores)
      try LaunchSettings().check([StudyConfiguration(ranks: 2, threads: 2)], slots: Self.cores)
    }
  }

  @Test func aLauncherIsSplitIntoWordsWithoutAShell() throws {
    let words = try LaunchSettings.words(
      ofLauncher: "srun --mpi=pmix -n {ranks}  --comment 'two words; $HOME' -c{threads}")
    #expect(
      words == [
        "srun", "--mpi=pmix", "-n", "{ranks}", "--comment", "two words; $HOME", "-c{threads}",
      ])
    #expect(
      Self.command(LaunchSettings(launcher: words), ranks: 9, threads: 3)
        == "srun --mpi=pmix -n 9 --comment two words; $HOME -c3 prog train")
    for text in ["srun -n 2", "srun 'x {ranks}", ""] {
      #expect(throws: StudyError.self) { try LaunchSettings.words(ofLauncher: text) }
    }
  }

  @Test func slotsOfAHostFile() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(
      "# four hosts\nnode1 slots=4 # fast\n\nnode2\nnode3 max_slots=8 slots=2\nnode4:3\n".utf8,
      to: "hosts")
    #expect(try RankSlots.read(hostfile: path).count == 10)
    let empty = try directory.write("# none\n".utf8, to: "empty")
    for path in [empty, directory.path("missing")] {
      #expect(throws: StudyError.self) { try RankSlots.read(hostfile: path) }
    }
  }

  @Test func slotsOfAnAllocation() {
    func count(_ perNode: String) -> Int? {
      RankSlots.allocation(["SLURM_JOB_ID": "7", "SLURM_JOB_CPUS_PER_NODE": perNode])?.count
    }
    #expect(count("2") == 2)
    #expect(count("2(x3),1") == 7)
    #expect(count("16(x2)") == 32)
    #expect(RankSlots.allocation([:]) == nil)
  }
}
