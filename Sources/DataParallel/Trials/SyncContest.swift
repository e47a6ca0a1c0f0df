import Statistics

/// Decides from the step times of rounds, in which exchange methods took turns, which one to use.
///
/// A method replaces the preferred one only if it is faster beyond noise: if the interval of 95 % for
/// the median of its times divided by those of the preferred one, round by round, ends below 1. The
/// paired times cancel a machine that becomes slower or faster.
public struct SyncContest: Sendable {
  /// The steps of one turn of a method.
  public struct Turn: Equatable, Sendable {
    public var warmUpSteps: Int
    public var steps: Int
  }

  /// With fewer rounds there is no interval of 95 %.
  public static let fewestRounds = 6
  /// After these the preferred method is chosen.
  public static let mostRounds = 15

  private let methods: [SyncMethod]
  private var seconds: [[Double]]
  /// The rounds so far.
  public var rounds: Int { seconds.first?.count ?? 0 }

  /// A contest without rounds; the last of `methods` is the preferred one.
  public init(methods: [SyncMethod]) {
    self.methods = methods
    seconds = methods.map { _ in [] }
  }

  /// Adds a round: the seconds of a step by each method.
  public mutating func add(round: [Double]) {
    precondition(round.count == methods.count)
    for (index, value) in round.enumerated() { seconds[index].append(value) }
  }

  /// The steps of the next turns: about 60 ms of them, fewer warm-up steps if a step is long.
  public var turn: Turn {
    guard let step = seconds.compactMap(\.first).max(), step > 0, step.isFinite else {
      return Turn(warmUpSteps: 3, steps: 5)
    }
    return Turn(
      warmUpSteps: step > 0.1 ? 1 : 3, steps: Int(min(max(0.06 / step, 2), 40)))
  }

  /// Whether enough rounds were added: the preferred method is slower than another, or faster than
  /// all others, beyond noise, or there were `mostRounds`.
  public var isDecided: Bool {
    guard methods.count > 1, rounds < Self.mostRounds else { return true }
    guard rounds >= Self.fewestRounds else { return false }
    let intervals = methods.indices.dropLast().map(ratios)
    return intervals.contains { $0.high < 1 } || intervals.allSatisfy { $0.low > 1 }
  }

  /// A trial for each method: the chosen one, then the others, the fastest first.
  public var trials: [SyncTrial] {
    let trials = zip(methods, seconds).map {
      SyncTrial(method: $0, stepSeconds: SampleStatistics.median($1) ?? .infinity)
    }
    let faster = trials.indices.dropLast().filter { ratios($0).high < 1 }
    let chosen =
      faster.min { trials[$0].stepSeconds < trials[$1].stepSeconds } ?? trials.count - 1
    let others = trials.indices.filter { $0 != chosen }.map { trials[$0] }
    return [trials[chosen]] + others.sorted { $0.stepSeconds < $1.stepSeconds }
  }

  /// The interval of a method's times divided by those of the preferred one; everything if unknown.
  private func ratios(_ index: Int) -> (low: Double, high: Double) {
    let ratios = zip(seconds[index], seconds[methods.count - 1]).map { $0 / $1 }
    guard let interval = MedianInterval(ratios), interval.level != nil else {
      return (0, .infinity)
    }
    return (interval.low, interval.high)
  }
}
