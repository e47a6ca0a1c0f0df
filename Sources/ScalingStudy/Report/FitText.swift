import RunRecords
import Statistics
import TextTables

/// Laws of scaling as lines of text.
enum FitText {
  static func lines(_ fit: StudyFit, scaling: Scaling) -> [String] {
    let mode = fit.leaves.map { ", \(NumberText.count($0, "leaf", "leaves"))" } ?? ""
    let name =
      "Fits for \(fit.sync), \(NumberText.count(fit.threads, "thread", "threads")) a rank\(mode)"
    if let refusal = fit.refusal { return ["\(name): none: \(refusal)"] }
    let subject = scaling == .weak ? "of as many samples as one rank's run" : "of the run"
    var lines = ["\(name), T(p) = seconds \(subject); residuals in s for p = \(ranks(fit)):"]
    if let law = fit.amdahl {
      let limit = SampleStatistics.ratio(1, law.serialShare)
      lines.append(
        "  Amdahl: T(p) = \(seconds(law.oneRankSeconds)) s (s + (1 - s)/p), s = "
          + "\(NumberText.fixed(law.serialShare, 4)); more ranks always pay"
          + (limit.map { ", up to \(NumberText.fixed($0, 1)) times as fast as one" } ?? "")
          + residuals(law.residuals))
    }
    if let law = fit.usl {
      lines.append(
        "  USL: T(p) = \(seconds(law.oneRankSeconds)) s (1 + \(NumberText.fixed(law.contention, 4)) "
          + "(p - 1) + \(NumberText.scientific(law.coherency)) p (p - 1))/p; "
          + end(law.peakRanks, measured: fit.ranks) + residuals(law.residuals))
    }
    if let law = fit.logarithmic {
      lines.append(
        "  T(p) = a + b/p + c log2 p: a = \(seconds(law.constant)), b = \(seconds(law.parallel)), "
          + "c = \(seconds(law.logarithmic)) s; " + end(law.cheapestRanks, measured: fit.ranks)
          + residuals(law.residuals))
    }
    return lines
  }

  private static func ranks(_ fit: StudyFit) -> String {
    fit.ranks.map { "\($0)" }.joined(separator: ", ")
  }

  private static func seconds(_ value: Double) -> String { NumberText.fixed(value, 4) }

  private static func residuals(_ values: [Double]) -> String {
    "; residuals "
      + values.map { ($0 < 0 ? "" : "+") + NumberText.fixed($0, 4) }.joined(separator: ", ")
  }

  /// From which rank count on more ranks stop paying.
  private static func end(_ ranks: Double?, measured: [Int]) -> String {
    guard let ranks else { return "more ranks always pay" }
    let count = ranks < 1e6 ? NumberText.fixed(ranks, 1) : NumberText.scientific(ranks)
    let isBeyond = ranks > Double(measured.max() ?? 0)
    return "more ranks stop paying at \(count)" + (isBeyond ? ", more than were measured" : "")
  }
}
