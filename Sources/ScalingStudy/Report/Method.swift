import ScalingComparison
import TextTables

/// The method of a report in five sentences, with its source.
enum Method {
  static let sentences = [
    "Each block of a study runs every configuration once, in an order drawn at random, so that slow "
      + "changes of the machine affect all of them alike.",
    "Times are medians, and [low, high] are two order statistics that enclose the true median with "
      + "a probability of at least 95 % by the binomial distribution; fewer than six runs have no "
      + "such pair, and [low, high] is then the range of the runs.",
    "Speedup and efficiency are medians of the ratios T(1)/T(p) within each block, with intervals "
      + "of the same kind, and two configurations differ significantly if the interval of their "
      + "ratios excludes 1.",
    "No run is dropped as an outlier: runs of which other programs used more than "
      + "\(NumberText.percent(MeasurementValidity.othersLimit, 0)) % of a node's cores are marked, "
      + "and their blocks are repeated and count only if their study has no undisturbed one.",
    "The parts of a ledger are computed within each block and shown as means, which add up, with "
      + "their range; the method follows Hoefler and Belli, \"Scientific benchmarking of parallel "
      + "computing systems\", SC15.",
  ]

  /// The sentences in lines of at most 100 characters.
  static let text = LineWrap.lines(of: sentences.joined(separator: " "), width: 100)
    .joined(separator: "\n")
}
