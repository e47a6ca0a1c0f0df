import DataParallel
import Testing

@Suite struct ReplicaTests {
  @Test func totalsInFrontOfTheGradientsAreExact() {
    let replica = Replica(count: 5, statesPerParameter: 2)
    let totals = StepTotals(lossSum: 12.5, correct: 63, samples: 16_777_216)
    replica.totals = totals
    #expect(replica.totals == totals)
  }

  @Test func theHashDependsOnEveryBitAndTheOrder() {
    let replica = Replica(count: 4, statesPerParameter: 0)
    for index in 0..<4 { replica.parameters[index] = Float(index) }
    let hash = replica.parametersHash()
    replica.parameters[2] = Float(bitPattern: replica.parameters[2].bitPattern ^ 1)
    #expect(replica.parametersHash() != hash)
    replica.parameters[2] = 2
    #expect(replica.parametersHash() == hash)
    replica.parameters.swapAt(1, 3)
    #expect(replica.parametersHash() != hash)
  }
}
