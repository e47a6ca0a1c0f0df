import DataParallel
import Testing

@Suite struct ReplicaCheckTests {
  @Test func theMinorityIsNamedWithItsFirstTensor() {
    let good: [UInt64] = [1, 2, 3, 4]
    let found = ReplicaCheck.deviatingRanks(among: [good, good, [1, 2, 9, 4], good])
    #expect(found.reference == 0 && found.ranks == [2] && found.tensor == 2)
  }

  @Test func rankZeroMayDeviate() {
    let good: [UInt64] = [1, 2]
    let found = ReplicaCheck.deviatingRanks(among: [[7, 2], good, good])
    #expect(found.reference == 1 && found.ranks == [0] && found.tensor == 0)
  }

  @Test func ofTwoRanksTheSecondIsNamed() {
    let found = ReplicaCheck.deviatingRanks(among: [[5, 5], [5, 6]])
    #expect(found.reference == 0 && found.ranks == [1] && found.tensor == 1)
  }

  @Test func ofSeveralRanksTheFirstDifferingTensorIsNamed() {
    let good: [UInt64] = [1, 1, 1]
    let found = ReplicaCheck.deviatingRanks(among: [good, [1, 1, 2], good, [1, 3, 1], good])
    #expect(found.ranks == [1, 3] && found.tensor == 1)
  }
}
