import Statistics

/// Laws of scaling fitted to the rows of one exchange method, or the reason why none is.
public struct StudyFit: Sendable {
  /// Gradient exchange method; the row of one rank belongs to every method.
  public let sync: String
  /// Threads per rank.
  public let threads: Int
  /// Leaves of the reproducible mode; nil in the fast mode.
  public let leaves: Int?
  /// The rank counts fitted, ascending; two entries where rows of as many ranks differ in nodes.
  public let ranks: [Int]
  /// Median training seconds for the samples of one rank's run, one value for each of `ranks`.
  public let seconds: [Double]
  public let amdahl: AmdahlFit?
  public let usl: USLFit?
  public let logarithmic: LogarithmicFit?
  /// Why there is no fit; nil if there is one.
  public let refusal: String?

  init(sync: String, threads: Int, leaves: Int?, _ rows: [StudyRow]) {
    self.sync = sync
    self.threads = threads
    self.leaves = leaves
    let points = rows.compactMap { row in
      row.scaledSeconds.map { (ranks: row.ranks, seconds: $0.median) }
    }
    ranks = points.map(\.ranks)
    seconds = points.map(\.seconds)
    amdahl = AmdahlFit(ranks: ranks, seconds: seconds)
    usl = USLFit(ranks: ranks, seconds: seconds)
    logarithmic = LogarithmicFit(ranks: ranks, seconds: seconds)
    let counts = Set(ranks)
    if counts.count < 4 {
      let found = counts.sorted().map { "\($0)" }.joined(separator: ", ")
      refusal =
        "a fit needs at least four rank counts with a speedup"
        + (counts.isEmpty ? "" : ", there \(counts.count == 1 ? "is" : "are") \(found)")
    } else {
      let isEmpty = amdahl == nil && usl == nil && logarithmic == nil
      refusal = isEmpty ? "no law fits the times" : nil
    }
  }

  /// One entry for each method, number of threads and mode that rows of several ranks have.
  static func list(_ rows: [StudyRow]) -> [StudyFit] {
    var fits: [StudyFit] = []
    for row in rows where row.ranks > 1 && row.drill == nil {
      guard
        !fits.contains(where: {
          $0.sync == row.sync && $0.threads == row.threads && $0.leaves == row.leaves
        })
      else { continue }
      let alike = rows.filter {
        ($0.sync == row.sync || $0.ranks == 1) && $0.threads == row.threads
          && $0.leaves == row.leaves
      }
      fits.append(StudyFit(sync: row.sync, threads: row.threads, leaves: row.leaves, alike))
    }
    return fits
  }
}
