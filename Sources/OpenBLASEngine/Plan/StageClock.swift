/// Adds up where a part's time goes; only a profile lends one to a workspace.
///
/// All time since the last lap (or `resume`) goes to the lap that ends, so laps never overlap and
/// together are no longer than what was measured.
final class StageClock {
  /// What can end.
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

  /// Goes on from now: what was before belongs to no lap.
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
