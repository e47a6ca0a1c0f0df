import ScalingStudy
import Statistics
import TestSupport
import Testing

/// How many steps the runs of a study take.
@Suite struct StudyLengthTests {
  @Test func lengthsAreRecognised() {
    #expect(StudyLength.isGiven(in: ["--data", "x", "--steps", "9"]))
    #expect(StudyLength.isGiven(in: ["--epochs=2"]))
    #expect(StudyLength.isGiven(in: ["--target-accuracy", "0.98"]))
    #expect(!StudyLength.isGiven(in: ["--stepsize", "9", "--data", "--epoch"]))
  }

  /// All runs that a ledger divides take the same number of steps.
  @Test func aLocalBatchRunBelongsToTheWorkThatNeedsIt() throws {
    let plan = StudyPlan(ranks: [1, 2, 4], syncs: ["allreduce", "node"], batches: [64, 256])
    let configurations = try plan.configurations()
    let works = StudyLength.works(configurations)
    #expect(works.count == configurations.count)
    for configuration in configurations where configuration.ranks > 1 {
      #expect(works[configuration] == works[configuration.baseline])
      let local = try #require(configuration.localBatchRun)
      // A batch of 64 is the local batch of 256 on four ranks, and a baseline already.
      if configurations.contains(local) {
        #expect(works[local] == works[configuration])
      }
    }
    #expect(Set(works.values).count == 2)
  }

  @Test func theSmallestLocalBatchIsCalibrated() throws {
    let configurations = try StudyPlan(ranks: [1, 4], batches: [64, 256]).configurations()
    let quickest = StudyLength.quickest(configurations)
    #expect(quickest.map(\.configuration.localBatch) == [64, 16])
    #expect(quickest.map(\.configuration.ranks).last == 1)
  }

  @Test func stepsFollowFromTheMedianStep() throws {
    let record = makeRecord {
      $0.result.stepSeconds = Distribution(median: 0.02, p10: 0.01, p90: 0.03, count: 35)
    }
    #expect(try StudyLength.steps(record, minSeconds: 5) == 250)
    #expect(try StudyLength.steps(record, minSeconds: 0.01) == 25)
    let none = makeRecord { $0.result.stepSeconds = Distribution([]) }
    #expect(throws: StudyError.self) { try StudyLength.steps(none, minSeconds: 5) }
  }

  /// The one-rank runs of a study with a drill of rank 1 are its undisturbed baseline.
  @Test func aDrillOfARankThatIsMissingIsLeftOut() {
    let options = ["--data", "x", "--inject", "slow:rank1:1.5x", "--seed", "2"]
    #expect(StudyProgram.options(options, ranks: 2) == options)
    #expect(StudyProgram.options(options, ranks: 1) == ["--data", "x", "--seed", "2"])
    #expect(StudyProgram.options(["--inject=slow:rank3:2x"], ranks: 3) == [])
    #expect(StudyProgram.options(["--inject", "slow:rank0:2x"], ranks: 1).count == 2)
  }
}
