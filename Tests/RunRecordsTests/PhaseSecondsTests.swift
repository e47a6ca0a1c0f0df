import RunRecords
import Testing

@Test func phasesBySubscript() {
  var seconds = PhaseSeconds()
  for (index, phase) in Phase.allCases.enumerated() {
    seconds[phase] = Double(1 << index)
  }
  #expect(Phase.allCases.map { seconds[$0] } == [1, 2, 4, 8, 16, 32, 64])
  #expect([seconds.load, seconds.allReduceWait, seconds.evaluate] == [1, 8, 64])
  #expect(seconds.compute == 1 + 2 + 4 + 32)
  #expect(seconds.communication == 24)
  #expect(seconds.training == 63)
}

@Test func phasesAreAddedOneByOne() {
  var sum = PhaseSeconds()
  var other = PhaseSeconds()
  for (index, phase) in Phase.allCases.enumerated() {
    sum[phase] = Double(index + 1)
    other[phase] = Double(1 << (index + 4))
  }
  sum += other
  #expect(Phase.allCases.map { sum[$0] } == [17, 34, 67, 132, 261, 518, 1031])
  #expect(other.load == 16)
}
