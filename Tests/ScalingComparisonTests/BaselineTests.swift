import RunRecords
import ScalingComparison
import TestSupport
import Testing

@Suite struct BaselineTests {
  let two = makeRecord(ranks: 2, seconds: 5, id: "b2")

  @Test func severalBasesGiveTheirMedian() throws {
    let bases = [8.0, 9, 14].enumerated().map { makeRecord(seconds: $1, id: "a\($0)") }
    let comparison = Comparison(records: bases + [two])
    let row = try row(2, of: bases + [two])
    #expect(row.baseRuns == 3)
    #expect(row.baseTrainingSeconds == 9)
    #expect(row.speedup == 1.8)
    let base = comparison.groups.first?.rows.first
    #expect(base?.runs == 3)
    #expect(base?.trainingSecondsMin == 8)
    #expect(base?.trainingSecondsMax == 14)
    #expect(base?.notes == ["base", "median of 3 runs, 8.00 to 14.00 s (spread 66.7 %)"])
  }

  @Test func onlyMeasurementsUnderTheSameConditionsAreABaseline() throws {
    let threads = makeRecord(seconds: 4, id: "a1") { $0.config.threadsPerRank = 2 }
    let other = makeRecord(seconds: 9, id: "a2") {
      $0.machine.binding = .none
      $0.config.leaves = 8
    }
    let busy = makeRecord(seconds: 20, id: "a3") {
      $0.loads = [NodeLoad(node: 0, host: "alpha", othersShare: 0.2)]
    }
    let same = makeRecord(id: "a4")
    let all = [threads, other, busy, same]
    #expect(Comparison.baselines(for: two, among: all) == [same])
    #expect(Comparison.baselines(for: two, among: all.dropLast()).isEmpty)
    // The nearest is named: a run under the same conditions, else that with fewest differences.
    #expect(
      try row(2, of: [other, busy, two]).notes == [
        "the one-rank run is not a measurement: other programs used 20 % of the cores of alpha",
        singleRun,
      ])
    #expect(
      try row(2, of: [other, threads, two]).notes == [
        "no one-rank run under the same conditions", "threads per rank: 1 against 2",
        "compared under same cores in total (2)", singleRun,
      ])
  }

  @Test func aDisturbedRecordIsASeparateRow() throws {
    let busy = makeRecord(ranks: 2, seconds: 9, id: "b3") {
      $0.loads = [NodeLoad(node: 0, host: "alpha", othersShare: 0.2)]
    }
    let rows = Comparison(records: [makeRecord(), two, busy]).groups.flatMap(\.rows)
    #expect(rows.map(\.speedup) == [1, 2, nil])
    #expect(rows.map(\.isMeasurement) == [true, true, false])
  }

  @Test func aDisturbedOneRankRunIsNoBaseOfItself() throws {
    let busy = makeRecord { $0.ranks[0].threads = 2 }
    let comparison = Comparison(records: [busy])
    #expect(
      try row(1, of: [busy]).notes == [
        "not a measurement: 1 rank with 2 threads on 1 core of alpha", singleRun,
      ])
    #expect(comparison.groups.first?.baselineCommands.count == 1)
  }

  @Test func aRecordGivenTwiceCountsOnce() throws {
    let one = makeRecord()
    let row = try row(1, of: [one, two, one])
    #expect(row.runs == 1)
    #expect(Comparison.baselines(for: two, among: [one, one]).count == 1)
  }

  @Test func weakScalingWithStepsIsTimeAgainstTime() throws {
    let one = makeWeakRecord(ranks: 1, seconds: 10, samplesSeen: 6400)
    let two = makeWeakRecord(ranks: 2, seconds: 12.5, samplesSeen: 12800, id: "b2")
    let row = try row(2, of: [one, two])
    #expect(row.efficiency == 0.8)
    #expect(row.speedup == 1.6)
    #expect(row.differences.isEmpty)
  }

  /// Under weak scaling order and weights differ by design; data and initial weights do not.
  @Test func weakScalingIsCertifiedOnEachRank() throws {
    var one = makeWeakRecord(ranks: 1, seconds: 10, samplesSeen: 6400)
    var two = makeWeakRecord(ranks: 2, seconds: 12.5, samplesSeen: 12800, id: "b2")
    one.certificate = makeCertificate()
    two.certificate = makeCertificate { $0.epochs[0].orderHash = "beef" }
    let same = try row(2, of: [one, two])
    #expect(same.efficiency == 0.8)
    #expect(
      same.notes == [
        "same work: on each rank only (weak scaling), data and initial weights equal", singleRun,
      ])
    two.certificate?.initialWeightsSHA256 = "beef"
    #expect(try row(2, of: [one, two]).speedup == nil)
  }

  @Test func weakScalingWithEpochsIsCorrectedBySamplesSeen() throws {
    let one = makeWeakRecord(ranks: 1, seconds: 10, samplesSeen: 12000)
    let two = makeWeakRecord(ranks: 2, seconds: 6.25, samplesSeen: 12000, id: "b2")
    #expect(try row(2, of: [one, two]).efficiency == 0.8)
  }

  @Test func weakScalingIsMatchedOnTheBatchPerRank() throws {
    let one = makeWeakRecord(ranks: 1, seconds: 10, samplesSeen: 6400)
    var two = makeWeakRecord(ranks: 2, seconds: 12.5, samplesSeen: 12800, id: "b2")
    two.work.batchPerRank = 32
    two.workHash = "other"
    let row = try row(2, of: [one, two])
    #expect(row.speedup == nil)
    #expect(row.differences.last == "batchPerRank: 32 against 64")
  }

  @Test(arguments: [
    (["mnist-mpi"], "mpirun -np 1 --bind-to core mnist-mpi --threads 1"),
    (
      ["mnist-mpi", "train", "--data", "my data/it's", "--threads", "4"],
      "mpirun -np 1 --bind-to core mnist-mpi train --data 'my data/it'\\''s' --threads 4"
    ),
    (
      ["./mnist-mpi", "--json", "a.json", "--save=w", "--threads=1", "--epochs", "1"],
      "mpirun -np 1 --bind-to core ./mnist-mpi --threads=1 --epochs 1"
    ),
    (
      ["mnist-mpi", "--trace", "t.json", "--trace-steps=2..3", "--threads", "1"],
      "mpirun -np 1 --bind-to core mnist-mpi --threads 1"
    ),
    ([], "mpirun -np 1 --bind-to core mnist-mpi --threads 1"),
    (
      ["mnist-mpi", "--reproducible", "--leaves", "4", "--threads=2", "--save", "w"],
      "mpirun -np 1 --bind-to core mnist-mpi --reproducible --leaves 4 --threads=2"
    ),
  ])
  func theMissingCommandIsNamed(command: [String], expected: String) throws {
    var record = two
    record.run.command = command
    let comparison = Comparison(records: [record])
    #expect(comparison.groups.first?.baselineCommands == [expected])
    #expect(try comparison.render(.text).hasSuffix("one-rank run: \(expected)"))
    #expect(
      AspectTable.text(single: [], multi: record).hasSuffix("one-rank run: \(expected)"))
    #expect(try row(2, of: [record]).notes == ["no one-rank run to compare with", singleRun])
  }

  @Test(arguments: [
    ("mpirun", BindingClass.none, "mpirun -np 1 --bind-to none "),
    ("mpirun", .severalCores, "mpirun -np 1 --map-by slot:PE=3 --bind-to core "),
    ("srun", .severalCores, "srun -n 1 --cpus-per-task=3 "),
    ("srun", .none, "srun -n 1 --cpu-bind=none "), ("srun", .core, "srun -n 1 mnist-mpi"),
  ])
  func theMissingCommandBindsAlike(launcher: String, binding: BindingClass, start: String) {
    var record = two
    record.run.launcher = launcher
    record.machine.binding = binding
    record.config.threadsPerRank = 3
    let command = Comparison(records: [record]).groups.first?.baselineCommands.first ?? ""
    #expect(command.hasPrefix(start))
    #expect(command.hasSuffix(" --threads 3"))
  }

  @Test(arguments: [
    (BindingClass.none, "mpirun.mpich -np 1 --bind-to none mnist"),
    (.severalCores, "mpirun.mpich -np 1 --bind-to core:2 mnist"),
    (.core, "mpirun.mpich -np 1 --bind-to core mnist"),
  ])
  func theMissingCommandIsHydras(binding: BindingClass, start: String) {
    var record = two
    record.machine.mpi = "MPICH 4.0.2"
    record.run.launcherCommand = "mpirun.mpich"
    record.machine.binding = binding
    record.config.threadsPerRank = 2
    let command = Comparison(records: [record]).groups.first?.baselineCommands.first ?? ""
    #expect(command.hasPrefix(start))
  }

  /// One thread may be bound to several cores; one core would be another binding.
  @Test func severalCoresAreAtLeastTwo() {
    var record = two
    record.machine.binding = .severalCores
    let command = Comparison(records: [record]).groups.first?.baselineCommands.first ?? ""
    #expect(command.hasPrefix("mpirun -np 1 --map-by slot:PE=2 --bind-to core mnist-mpi "))
    #expect(command.hasSuffix(" --threads 1"))
  }

  @Test func noOneRankIsBoundLikeRanksThatDiffer() throws {
    var record = two
    record.machine.binding = .mixed
    #expect(Comparison(records: [record]).groups.first?.baselineCommands == [])
    #expect(!AspectTable.text(single: [], multi: record).contains("missing one-rank run"))
  }
}
