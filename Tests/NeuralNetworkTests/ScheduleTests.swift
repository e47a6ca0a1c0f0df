import NeuralNetwork
import Testing

@Suite struct ScheduleTests {
  /// Expected values: PyTorch's `OneCycleLR(max_lr=1, cycle_momentum=False)` in double precision.
  @Test(arguments: [
    (1, 100, 0.04), (2, 100, 0.042813780565907456), (21, 100, 0.7893697913739435), (30, 100, 1),
    (31, 100, 0.9994965352845243), (51, 100, 0.793893450575732), (99, 100, 0.0005074647154757879),
    (100, 100, 4e-06), (1, 7, 0.04), (2, 7, 0.9805566273349586), (3, 7, 0.9190443762697106),
    (7, 7, 4e-06), (376, 1876, 0.761083974348678), (562, 1876, 0.9999951968431717),
    (563, 1876, 0.9999999427683519), (1875, 1876, 5.430790545223955e-06),
  ])
  func oneCycleMatchesPyTorch(step: Int, steps: Int, expected: Double) {
    #expect(abs(Schedule.oneCycle.factor(step: step, of: steps) - expected) < 1e-12)
  }

  @Test func cosineFallsFromOneToNearlyZero() {
    #expect(Schedule.cosine.factor(step: 1, of: 50) == 1)
    #expect(abs(Schedule.cosine.factor(step: 26, of: 50) - 0.5) < 1e-12)
    #expect(Schedule.cosine.factor(step: 50, of: 50) < 0.001)
  }

  @Test(arguments: Schedule.allCases, [1, 2, 3])
  func factorsOfShortRunsAreValid(schedule: Schedule, steps: Int) {
    for step in 1...steps {
      let factor = schedule.factor(step: step, of: steps)
      #expect(factor.isFinite && factor > 0 && factor <= 1)
    }
  }

  @Test func theOptimizerFollowsItsSchedule() {
    var optimizer = Optimizer(kind: .sgd, learningRate: 0.2)
    #expect(optimizer.rate(step: 7) == 0.2)
    optimizer.schedule = .cosine
    optimizer.scheduledSteps = 10
    #expect(optimizer.rate(step: 1) == 0.2)
    #expect(abs(optimizer.rate(step: 6) - 0.1) < 1e-12)
  }
}
