import DataParallel
import Testing

@Suite struct TrainingPlanTests {
  @Test func epochsCountTheSmallerLastBatch() {
    let plan = TrainingPlan(globalBatch: 64, epochs: 2, seed: 1)
    #expect(plan.stepsPerEpoch(samples: 60_000) == 938)
    #expect(plan.plannedSteps(samples: 60_000) == 1876)
    #expect(plan.plannedSamples(samples: 60_000) == 120_000)
    #expect(plan.plannedEpochs(samples: 60_000) == 2)
  }

  @Test func stepsGoOnOverEpochs() {
    let plan = TrainingPlan(globalBatch: 30, epochs: 2, steps: 9, seed: 1)
    #expect(plan.stepsPerEpoch(samples: 100) == 4)
    #expect(plan.plannedSteps(samples: 100) == 9)
    #expect(plan.plannedEpochs(samples: 100) == 3)
    #expect(plan.plannedSamples(samples: 100) == 230)
  }

  @Test func aBatchOfAllSamplesIsOneStep() {
    let plan = TrainingPlan(globalBatch: 100, epochs: 3, seed: 1)
    #expect(plan.plannedSteps(samples: 100) == 3)
    #expect(plan.plannedSamples(samples: 100) == 300)
  }
}
