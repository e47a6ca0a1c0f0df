import TextTables

/// Formats a `BenchReport` for human readers.
public enum BenchTable {
  /// Heading, the machine's limits, the table of stages and phases, and notes that explain it.
  public static func text(_ report: BenchReport) -> String {
    var lines = heading(report)
    lines.append("")
    let limits = report.limits.map { [$0.name] + seconds($0) + rates($0) }
    lines.append(TextLayout(titles: limitTitles, rows: limits).plain())
    lines.append("")
    let parts = (report.parts + [report.step]).map(row)
    lines.append(TextLayout(titles: titles, rows: parts).plain())
    lines.append("")
    lines.append(
      "\(NumberText.fixed(report.imagesPerSecond, 0)) images/s at the median step")
    lines += footer(report)
    return lines.joined(separator: "\n")
  }

  private static func heading(_ report: BenchReport) -> [String] {
    let (work, host) = (report.work, report.host)
    return [
      "Machine: \(host.cpu), \(NumberText.count(host.cores, "core", "cores")); "
        + "\(host.blas), kernel \(host.blasKernel)",
      "Kernels: \(host.instructionSet), at \(NumberText.fixed(host.clockGHz, 2)) GHz",
      "Work: \(work.model) (\(work.layers)), " + (work.image.map { "images \($0), " } ?? "")
        + "\(work.parameters) parameters, batch \(work.batch), "
        + "\(work.optimizer), convolution \(work.convolution)"
        + (work.precision.map { ", \($0)" } ?? ""),
      "Threads: \(work.threads) on cores \(NumberText.ranges(host.allowedCores)), "
        + "binding: \(host.binding.rawValue)",
      "Timing: \(NumberText.count(work.repeats, "repeat", "repeats")) of "
        + "\(NumberText.count(work.stepsPerRepeat, "step", "steps")) after "
        + "\(NumberText.count(work.warmUpSteps, "step", "steps")) of warm-up; median and spread "
        + "over the repeats of a step's mean",
    ]
  }

  private static let timing: [TextLayout.Title] = [
    .init(name: "median", unit: "ms"), .init(name: "p10", unit: "ms"),
    .init(name: "p90", unit: "ms"),
  ]

  private static let limitTitles: [TextLayout.Title] =
    [.init(name: "the machine's limits", align: .left)] + timing + [
      .init(name: "GFLOP"), .init(name: "GFLOP/s"), .init(name: "GB/s"),
    ]

  private static let titles: [TextLayout.Title] =
    [.init(name: "phase or stage", align: .left), .init(name: "method", align: .left)] + timing + [
      .init(name: "of step", unit: "%"), .init(name: "GFLOP"), .init(name: "GFLOP/s"),
      .init(name: "of peak", unit: "%"), .init(name: "GB/s"),
    ]

  private static func row(_ line: BenchLine) -> [String] {
    let rates = rates(line)
    return [(line.isWithinPhase ? "  " : "") + line.name, line.method] + seconds(line) + [
      NumberText.percent(line.shareOfStep, 1), rates[0], rates[1],
      line.shareOfPeak == nil ? "" : NumberText.percent(line.shareOfPeak, 0), rates[2],
    ]
  }

  private static func seconds(_ line: BenchLine) -> [String] {
    [line.seconds.median, line.seconds.p10, line.seconds.p90].map {
      NumberText.fixed($0.map { $0 * 1e3 }, 3)
    }
  }

  /// The cells for GFLOP, GFLOP/s and GB/s; empty if operations or bytes are not counted.
  private static func rates(_ line: BenchLine) -> [String] {
    [
      line.gflop == nil ? "" : NumberText.fixed(line.gflop, 4),
      line.gflop == nil ? "" : NumberText.fixed(line.gflopPerSecond, 1),
      line.gigabytes == nil ? "" : NumberText.fixed(line.gigabytesPerSecond, 1),
    ]
  }

  private static func footer(_ report: BenchReport) -> [String] {
    var lines = [
      "GFLOP: counted as direct convolution and plain products take them; the first layer has no "
        + "gradient of its input."
    ]
    if report.parts.contains(where: { $0.method == "winograd" }) {
      lines.append(
        "Winograd's method does up to 4 times fewer multiplications than are counted, so its share "
          + "of the peak may pass 100 %.")
    }
    if report.parts.contains(where: { $0.method == "bfloat16" }) {
      lines.append(
        "bfloat16: two products in place of one, so its share of the peak may reach 200 %.")
    }
    lines.append(
      "Peak: the median of the multiply-adds in registers, which no product in float32 can exceed. "
        + "GB/s: bytes read plus bytes written.")
    if report.work.threads > 1 {
      lines.append(
        "Stages: mean over the threads; rest: waiting for the slowest, joining gradients.")
    }
    return lines
  }
}
