import Foundation
import RunRecords
import ScalingStudy
import Testing

@Suite struct StudyPlanTests {
  private func keys(_ plan: StudyPlan) throws -> [String] {
    try plan.configurations().map(\.key)
  }

  private func fault(_ plan: StudyPlan) -> String? {
    do {
      _ = try plan.configurations()
      return nil
    } catch {
      return error.description
    }
  }

  @Test func theDefaultPlanHasABaselineAndARunAtTheLocalBatch() throws {
    #expect(
      try keys(StudyPlan()) == [
        "cnn-strong-b64-np1-t1-allreduce", "cnn-strong-b64-np2-t1-allreduce",
        "cnn-local-b32-np1-t1",
      ])
    let plan = StudyPlan()
    #expect(plan.repeats == 9 && plan.maxRepeats == 30 && plan.until == nil)
    #expect(plan.minSeconds == 5 && plan.seed == 1 && plan.options == [])
    #expect(StudyPlan(repeats: 40).maxRepeats == 40)
  }

  /// Each factor with two values; the expected set is written by its rule, not by loops of the plan.
  @Test func factorsAreMultipliedOut() throws {
    let plan = StudyPlan(
      ranks: [1, 2, 4], scalings: [.strong, .weak], syncs: ["allreduce", "node"], threads: [1, 2],
      models: ["cnn", "mlp"], batches: [64, 256])
    let configurations = try plan.configurations()
    let regular = configurations.filter { !$0.isLocalBatchRun }
    // 2 models x 2 kinds of scaling x 2 batches x 2 thread counts x (1 rank + 2 counts x 2 methods)
    #expect(regular.count == 16 * 5)
    // Local batches 32, 16, 128; 256/4 = 64 is the batch of a baseline. 2 models x 2 thread counts.
    let local = configurations.filter(\.isLocalBatchRun)
    #expect(local.count == 3 * 4)
    #expect(Set(local.map(\.batch)) == [32, 16, 128])
    #expect(Set(configurations.map(\.key)).count == configurations.count)
    #expect(regular.allSatisfy { $0.ranks > 1 || $0.sync == "allreduce" })
    #expect(
      regular.contains(
        StudyConfiguration(
          ranks: 4, threads: 2, model: "mlp", sync: "node", scaling: .weak, batch: 256)))
  }

  @Test func aBaselineIsAddedBeforeItsRuns() throws {
    let plan = StudyPlan(ranks: [4], scalings: [.weak], syncs: ["node"], batches: [32])
    #expect(
      try keys(plan) == ["cnn-weak-b32-np1-t1-allreduce", "cnn-weak-b32-np4-t1-node"])
  }

  /// 64 samples are uneven over 3 ranks; 32/1 and 64/2 are the same run as a baseline.
  @Test func aLocalBatchIsRoundedDownAndABaselineIsNotRepeated() throws {
    let plan = StudyPlan(ranks: [2, 3], batches: [64, 32])
    let local = try plan.configurations().filter(\.isLocalBatchRun).map(\.key)
    #expect(local == ["cnn-local-b21-np1-t1", "cnn-local-b16-np1-t1", "cnn-local-b10-np1-t1"])
  }

  @Test func explicitRunsHaveTheirOwnBaselines() throws {
    let run = StudyConfiguration(ranks: 2, threads: 3, model: "mlp", sync: "node", batch: 128)
    #expect(
      try keys(StudyPlan(ranks: [], runs: [run, run])) == [
        "mlp-strong-b128-np1-t3-allreduce", "mlp-strong-b128-np2-t3-node", "mlp-local-b64-np1-t3",
      ])
    let known = StudyConfiguration(ranks: 2)
    #expect(try keys(StudyPlan(runs: [known])) == keys(StudyPlan()))
  }

  @Test func duplicatesAreDropped() throws {
    let plan = StudyPlan(
      ranks: [2, 1, 2], scalings: [.strong, .strong], syncs: ["node", "node"], threads: [1, 1],
      models: ["CNN", "cnn "], batches: [64, 64])
    #expect(plan == StudyPlan(ranks: [2, 1], syncs: ["node"]))
    #expect(try plan.configurations().count == 3)
  }

  @Test func batches() {
    let strong = StudyConfiguration(ranks: 4, batch: 64)
    #expect(strong.globalBatch == 64 && strong.localBatch == 16)
    #expect(strong.localBatchRun?.batch == 16 && strong.localBatchRun?.ranks == 1)
    let weak = StudyConfiguration(ranks: 4, scaling: .weak, batch: 64)
    #expect(weak.globalBatch == 256 && weak.localBatch == 64 && weak.localBatchRun == nil)
    #expect(StudyConfiguration(ranks: 1).localBatchRun == nil)
  }

  /// The hash is that of an independent program.
  @Test func aListOfLayersHasAKeyFitForAFileName() {
    let key = StudyConfiguration(ranks: 1, model: "conv5x5:20, relu, FC:classes").key
    #expect(key == "conv5x5_20_relu_fc_c-6ce5b0c5cc66401c-strong-b64-np1-t1-allreduce")
    let odd = StudyConfiguration(ranks: 1, model: "../b\u{308}:\n", sync: "a/b").key
    #expect(odd.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) })
  }

  @Test func aPlanSurvivesItsFile() throws {
    let plan = StudyPlan(
      scalings: [.weak], runs: [StudyConfiguration(ranks: 8)], until: 0.02, seed: .max)
    let data = try JSONEncoder().encode(plan)
    #expect(try JSONDecoder().decode(StudyPlan.self, from: data) == plan)
  }

  /// Values that come from the command line, where no file has a line to name.
  @Test(arguments: [
    (StudyPlan(ranks: [0]), "ranks 0: expected a whole number from 1 to 1000000; correct it"),
    (StudyPlan(ranks: []), "ranks: no value: expected a whole number from 1"),
    (StudyPlan(syncs: []), "sync: no value: expected allreduce, node or cuda-aware"),
    (StudyPlan(threads: [-1]), "threads -1: expected a whole number from 1 to 4096"),
    (StudyPlan(syncs: ["auto"]), "sync auto: expected allreduce, node or cuda-aware; correct it"),
    (StudyPlan(models: ["resnet"]), "model resnet: expected cnn, mlp or a list of layers"),
    (
      StudyPlan(ranks: [1, 4], batches: [64, 2]),
      "batch 2: less than one sample for each of 4 ranks: expected at least 4"
    ),
    (
      StudyPlan(ranks: [], runs: [StudyConfiguration(ranks: 1), StudyConfiguration(ranks: 65)]),
      "run 2: batch 64: less than one sample for each of 65 ranks"
    ),
    (StudyPlan(repeats: 9, maxRepeats: 8), "repeats 9: above max-repeats: expected at most 8"),
    (StudyPlan(repeats: 0), "repeats 0: expected a whole number from 1 to 10000"),
    (StudyPlan(until: .nan), "until nan%: expected a percentage above 0%"),
    (StudyPlan(repeats: 6, maxRepeats: 8, until: 0.1), "max-repeats 8: until looks first after 9"),
    (StudyPlan(minSeconds: 0), "min-seconds 0.0: expected a number of seconds above 0"),
    (
      StudyPlan(options: ["--epochs", "1", "--threads=2"]),
      "options --threads: the study sets it for each run; remove it and use the key threads"
    ),
    (
      StudyPlan(options: ["--trace", "t.json"]),
      "options --trace: every run of the study would use the same file; remove it, or give it to"
    ),
  ])
  func aValueThatCannotBeUsedIsNamed(plan: StudyPlan, start: String) {
    let description = fault(plan) ?? "no fault"
    #expect(description.hasPrefix(start), "\(description)")
  }

  @Test func aBatchBelowTheRankCountIsGoodUnderWeakScaling() throws {
    #expect(try StudyPlan(ranks: [4], scalings: [.weak], batches: [1]).configurations().count == 2)
  }

  /// One rank and 9,999 more, and one more than that.
  @Test func atMostTenThousandConfigurations() throws {
    let largest = StudyPlan(ranks: Array(1...10_000), scalings: [.weak])
    #expect(try largest.configurations().count == 10_000)
    let expected = "configurations 10001: expected at most 10000; shorten a list or split the plan"
    #expect(fault(StudyPlan(ranks: Array(2...10_001), scalings: [.weak])) == expected)
    // 9950 configurations, and 197 different local batches.
    let strong = StudyPlan(ranks: Array(1...9950), batches: [9950])
    #expect(fault(strong)?.hasPrefix("configurations 10147: ") == true)
    // As a product this has 10^18 configurations; it must not be multiplied out first.
    let many = Array(1...4000)
    let huge = StudyPlan(
      ranks: many, scalings: [.weak], threads: many, models: many.map { "fc:\($0)" }, batches: many)
    #expect(
      fault(huge)?.hasSuffix("expected at most 10000; shorten a list or split the plan") == true)
  }

  @Test func theExpectedTimeCountsTheStartOfEachRun() {
    let seconds = StudyTiming.expectedSeconds(perRun: 5, blocks: 6, configurations: 3)
    #expect(seconds == 18 * (5 + StudyTiming.startUpSeconds))
    #expect(StudyTiming.expectedSeconds(perRun: 5, blocks: 0, configurations: 3) == 0)
  }

  @Test func percentages() {
    #expect(StudyPlan.percentage("2%") == 0.02)
    #expect(StudyPlan.percentage("100 %") == 1)
    for text in ["2", "%", "-1%", "0%", "x%", "100.1%", "2%%", ""] {
      #expect(StudyPlan.percentage(text) == nil, "\(text)")
    }
  }
}
