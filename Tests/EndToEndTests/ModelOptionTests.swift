import RunRecords
import TestSupport
import Testing

/// Tests of `--model` with a list of layers.
@Suite struct ModelOptionTests {
  /// Spaces and upper case do not change the work; the record has the canonical spelling.
  @Test func spellingsOfAModelAreTheSameWork() async throws {
    let canonical = "conv5x5:4,relu,maxpool2,fc:10"
    let data = try IDXFixture(trainingCount: 60, testCount: 20, height: 8, width: 8).write()
    var records: [RunRecord] = []
    for (index, model) in [canonical, "Conv5x5:4, ReLU, maxpool2, FC:classes"].enumerated() {
      let results = data.path("results-\(index)")
      _ = try await Program.succeed(
        ranks: nil,
        [
          "train", "--data", data.path, "--model", model, "--batch-size", "20", "--steps", "1",
          "--threads", "1", "--results", results,
        ])
      records += try Program.records(in: results)
    }
    #expect(records.map(\.work.model) == [canonical, canonical])
    #expect(Set(records.map(\.workHash)).count == 1)
  }
}
