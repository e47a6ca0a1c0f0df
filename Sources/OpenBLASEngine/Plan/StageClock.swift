/// Adds up the time that one part spends in each stage; only a profile sets it in a workspace.
///
/// All time since the end of the last lap (or since `resume`) is added to the lap that ends. So
/// laps never overlap, and their sum is at most the measured time.
final class StageClock {
  /// An interval that is measured.
  enum Lap {
    case load
    case prepare
    case forward(stage: Int)
    case loss
    case backward(stage: Int)
  }

  private(set) var load = Duration.zero
  private(set) var prepare = Duration.zero
  private(set) var loss = Duration.zero
  private(set) var forward: [Duration]
  private(set) var backward: [Duration]
  private var last = ContinuousClock.now

  init(stages: Int) {
    forward = Array(repeating: .zero, count: stages)
    backward = forward
  }

  /// Starts the next lap now; the time before belongs to no lap.
  func resume() { last = .now }

  /// Ends a lap and begins the next.
  func end(_ lap: Lap) {
    let now = ContinuousClock.now
    let passed = now - last
    last = now
    switch lap {
    case .load: load += passed
    case .prepare: prepare += passed
    case .loss: loss += passed
    case .forward(let stage): forward[stage] += passed
    case .backward(let stage): backward[stage] += passed
    }
  }
}
