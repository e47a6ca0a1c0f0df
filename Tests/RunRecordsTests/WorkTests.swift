import RunRecords
import TestSupport
import Testing

@Suite struct WorkTests {
  @Test func canonicalTextIsFixed() throws {
    #expect(
      try makeWork().canonicalJSON
        == #"{"classes":10,"dataSHA256":"da7a","epochs":2,"globalBatch":64,"imageHeight":28,"#
        + #""imageWidth":28,"model":"cnn 3x3x32 3x3x64 128","#
        + #""normalisation":{"deviation":0.308108,"mean":0.13066},"#
        + #""optimizer":{"beta1":0.9,"beta2":0.999,"epsilon":1e-08,"kind":"adam","#
        + #""learningRate":0.001,"schedule":"constant","weightDecay":0},"parameters":1000,"#
        + #""precision":"float32","seed":1,"testSamples":10000,"trainingSamples":6000,"#
        + #""virtualShards":840}"#)
  }

  @Test func differencesNameEveryField() {
    var other = makeWork()
    other.optimizer.learningRate = 0.01
    other.optimizer.momentum = 0.9
    other.globalBatch = nil
    other.batchPerRank = 32
    other.model = "mlp"
    #expect(
      makeWork().differences(from: other) == [
        "batchPerRank: none against 32", "globalBatch: 64 against none",
        "model: cnn 3x3x32 3x3x64 128 against mlp",
        "optimizer.learningRate: 0.001 against 0.01", "optimizer.momentum: none against 0.9",
      ])
    #expect(makeWork().differences(from: makeWork()).isEmpty)
  }

  @Test func neighbouringSeedsOf64BitsDiffer() {
    var (one, other) = (makeWork(), makeWork())
    one.seed = .max
    other.seed = .max - 1
    #expect(
      one.differences(from: other) == [
        "seed: 18446744073709551615 against 18446744073709551614"
      ])
  }

  @Test func numbersThatAreNotFinite() {
    var work = makeWork()
    work.optimizer.learningRate = .nan
    #expect(throws: RecordError.notFinite(key: "optimizer.learningRate")) {
      try work.canonicalJSON
    }
    #expect(work.differences(from: makeWork()) == ["optimizer.learningRate: nan against 0.001"])
  }
}
