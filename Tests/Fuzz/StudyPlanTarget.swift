import Foundation
import SystemSupport

/// Reads the input as a study plan in YAML; what is accepted must describe a study that can be made.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzStudyPlan(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let text = String(decoding: FuzzInput(start, count).rest, as: UTF8.self)
  do throws(StudyError) {
    let plan = try StudyPlan(yaml: text, path: "plan.yaml")
    check(plan, try plan.configurations())
  } catch {
    requireOneLine(error)
    require(error.description.hasPrefix("plan.yaml"), "the file is named: \(error)")
  }
  return 0
}

private func check(_ plan: StudyPlan, _ configurations: [StudyConfiguration]) {
  require(!configurations.isEmpty, "at least one configuration")
  require(configurations.count <= StudyPlan.mostConfigurations, "not too many configurations")
  do {
    let data = try SortedJSON.encode(plan, pretty: false)
    require(try JSONDecoder().decode(StudyPlan.self, from: data) == plan, "the same plan as JSON")
  } catch {
    require(false, "a plan can be saved: \(error)")
  }
  require(plan.repeats > 0 && plan.repeats <= plan.maxRepeats, "a number of blocks")
  // What follows takes long for many configurations.
  guard configurations.count <= 300 else { return }
  require(Set(configurations).count == configurations.count, "each configuration once")
  require(
    Set(configurations.map(\.key)).count == configurations.count, "a key for each configuration")
  require(
    Set(plan.order(ofBlock: 1, configurations)) == Set(configurations),
    "a block has each configuration")
  for configuration in configurations {
    require(
      configuration.key.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "/") },
      "a file name: \(configuration.key)")
    require(configuration.globalBatch >= configuration.ranks, "a sample for each rank")
    require(
      configurations.contains(configuration.baseline) || configuration.isLocalBatchRun, "a baseline"
    )
  }
}
