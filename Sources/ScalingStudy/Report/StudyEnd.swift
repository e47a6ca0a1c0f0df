import Statistics
import TextTables

/// What ends a study.
public enum StudyEnd: Equatable, Sendable {
  /// A number of blocks, fixed beforehand.
  case blocks(Int)
  /// Intervals that are narrow enough.
  case narrowIntervals(StoppingRule)

  /// The rule of a plan.
  public init(_ plan: StudyPlan) {
    if let width = plan.until {
      self = .narrowIntervals(StoppingRule(width: width, maxRepeats: plan.maxRepeats))
    } else {
      self = .blocks(plan.repeats)
    }
  }

  /// The rule as one sentence.
  var text: String {
    switch self {
    case .blocks(let count):
      return "\(NumberText.count(count, "block", "blocks")), fixed beforehand."
    case .narrowIntervals(let rule):
      let looks = (0..<3).map { StoppingRule.firstLook + $0 * StoppingRule.blocksBetweenLooks }
      return "the interval of every efficiency at most "
        + "\(NumberText.percent(rule.width, 1)) % of its median wide, looked at after "
        + looks.map { "\($0)" }.joined(separator: ", ")
        + ", ... blocks, or \(NumberText.count(rule.maxRepeats, "block", "blocks")); as the rule "
        + "looks at the data, the intervals are nominal 95 % intervals."
    }
  }
}
