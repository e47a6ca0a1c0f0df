import NeuralNetwork
internal import VectorKernels

/// Executes a schedule of leaves; owns the scratch gradients and the outcome of each leaf.
final class LeafRunner {
  private let schedule: LeafSchedule
  private let scratch: [FloatBuffer]
  private let parameterCount: Int
  /// The outcome of each leaf of the share; each worker writes those of its own leaves.
  let outcomes: UnsafeMutableBufferPointer<BatchOutcome>

  init(_ share: LeafShare, workers: Int, parameterCount: Int) {
    schedule = LeafSchedule(share, workers: workers)
    self.parameterCount = parameterCount
    scratch = (0..<schedule.scratchCount).map { _ in FloatBuffer(count: parameterCount) }
    outcomes = .allocate(capacity: share.leaves.count)
    outcomes.initialize(repeating: BatchOutcome())
  }

  deinit { outcomes.deallocate() }

  /// Computes all leaves and adds up their gradients.
  ///
  /// - Parameters:
  ///   - sums: the target memory of each sum of the share.
  ///   - compute: computes a leaf on a worker, into the given gradients.
  func run(
    on team: WorkerTeam, into sums: [UnsafeMutablePointer<Float>],
    compute: (_ worker: Int, _ leaf: Int, UnsafeMutablePointer<Float>) -> BatchOutcome
  ) {
    team.run { worker in
      for step in schedule.steps[worker] {
        switch step {
        case .compute(let leaf, let place):
          outcomes[leaf] = compute(worker, leaf, data(place, sums))
        case .add: add(step, sums, within: 0..<parameterCount)
        }
      }
    }
    guard !schedule.lastSteps.isEmpty else { return }
    team.run { worker in
      let range = Part.range(worker, of: team.count, count: parameterCount)
      for step in schedule.lastSteps { add(step, sums, within: range) }
    }
  }

  /// Executes an addition for a range of the parameters.
  private func add(
    _ step: LeafSchedule.Step, _ sums: [UnsafeMutablePointer<Float>], within range: Range<Int>
  ) {
    guard case .add(let from, let to) = step else { return }
    vk_add(data(to, sums) + range.lowerBound, data(from, sums) + range.lowerBound, range.count)
  }

  private func data(
    _ place: LeafSchedule.Place, _ sums: [UnsafeMutablePointer<Float>]
  ) -> UnsafeMutablePointer<Float> {
    switch place {
    case .sum(let index): sums[index]
    case .scratch(let index): scratch[index].data
    }
  }
}
