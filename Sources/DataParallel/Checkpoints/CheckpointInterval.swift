/// How often a run writes a checkpoint.
public enum CheckpointInterval: Equatable, Sendable {
  /// After every so many steps.
  case steps(Int)
  /// After the first step that ends so many seconds after the checkpoint before it.
  case seconds(Double)

  /// The interval of a text such as `100` (steps) or `30s`; nil for another text.
  public init?(_ text: String) {
    if text.hasSuffix("s") {
      guard let seconds = Double(text.dropLast()), seconds > 0, seconds <= 1e9 else { return nil }
      self = .seconds(seconds)
    } else {
      guard let steps = Int(text), steps > 0 else { return nil }
      self = .steps(steps)
    }
  }

  /// The number of steps; nil for an interval in seconds.
  var steps: Int? { if case .steps(let steps) = self { steps } else { nil } }

  /// The interval as it is given on the command line.
  public var text: String {
    switch self {
    case .steps(let steps): "\(steps)"
    case .seconds(let seconds): "\(seconds)s"
    }
  }
}
