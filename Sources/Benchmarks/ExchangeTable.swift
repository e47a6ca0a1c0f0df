import Statistics
import TextTables

/// Formats an `ExchangeReport` for human readers.
public enum ExchangeTable {
  /// Heading, the table over sizes, the fits, and the prediction if there is one.
  public static func text(_ report: ExchangeReport) -> String {
    var lines = heading(report)
    lines.append("")
    lines.append(TextLayout(titles: titles, rows: report.lines.map(row)).plain())
    lines.append(
      "slowest, fastest: rank; exchange and plain descent together. 1 KiB: the best MPI_Allreduce of "
        + "1 KiB just before.")
    lines.append("")
    for sync in methods(report) {
      if let fit = report.fits[sync] {
        lines.append(
          "\(sync): \(NumberText.fixed(1e6 * fit.latencySeconds, 1)) us + bytes / "
            + "\(NumberText.fixed(1e-9 * fit.bytesPerSecond, 2)) GB/s "
            + "(off by up to \(NumberText.percent(fit.largestError, 0)) %)")
      }
    }
    if let prediction = report.prediction { lines += [""] + self.lines(of: prediction) }
    return lines.joined(separator: "\n")
  }

  private static func heading(_ report: ExchangeReport) -> [String] {
    [
      "Machine: \(report.cpu); \(report.mpi); binding: \(report.binding.rawValue)",
      "Ranks: \(report.ranks) on \(NumberText.count(report.nodes, "node", "nodes")), "
        + "\(NumberText.count(report.threadsPerRank, "thread", "threads")) each",
      "Transport: "
        + (report.transports.isEmpty
          ? "not reported by this MPI library" : report.transports.joined(separator: ", ")),
    ]
  }

  /// The names of the methods, each once, in the order of the lines.
  private static func methods(_ report: ExchangeReport) -> [String] {
    report.lines.map(\.sync).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private static let titles: [TextLayout.Title] = [
    .init(name: "bytes"), .init(name: "sync", align: .left),
    .init(name: "slowest", unit: "median us"), .init(name: "min", unit: "us"),
    .init(name: "max", unit: "us"), .init(name: "fastest", unit: "median us"),
    .init(name: "rate", unit: "GB/s"), .init(name: "1 KiB", unit: "us"),
  ]

  private static func row(_ line: ExchangeReport.Line) -> [String] {
    func us(_ seconds: Double?) -> String { NumberText.fixed(seconds.map { 1e6 * $0 }, 1) }
    let median = SampleStatistics.median(line.slowest)
    return [
      "\(line.bytes)", line.sync, us(median), us(SampleStatistics.minimum(line.slowest)),
      us(SampleStatistics.maximum(line.slowest)), us(SampleStatistics.median(line.fastest)),
      NumberText.fixed(median.flatMap { SampleStatistics.ratio(1e-9 * Double(line.bytes), $0) }, 2),
      us(line.markerSeconds),
    ]
  }

  private static func lines(of prediction: Prediction) -> [String] {
    let one = prediction.oneRankStepSeconds
    let titles: [TextLayout.Title] = [
      .init(name: "prediction", align: .left), .init(name: "compute", unit: "ms"),
      .init(name: "exchange", unit: "+ update ms"), .init(name: "step", unit: "ms"),
      .init(name: "speedup"), .init(name: "efficiency"),
    ]
    let rows = prediction.methods.map { method in
      let speedup = one.flatMap { SampleStatistics.ratio($0, method.stepSeconds) }
      return [
        method.sync, NumberText.fixed(1000 * method.computeSeconds, 3),
        NumberText.fixed(1000 * method.exchangeSeconds, 3),
        NumberText.fixed(1000 * method.stepSeconds, 3), NumberText.fixed(speedup, 2),
        NumberText.fixed(speedup.map { $0 / Double(prediction.ranks) }, 2),
      ]
    }
    let base =
      one.map { "against \(NumberText.fixed(1000 * $0, 3)) ms a step of the one-rank records" }
      ?? "no one-rank record of these steps by this program: no speedup"
    return [
      "Steps of \(prediction.model), \(prediction.optimizer), global batch "
        + "\(prediction.globalBatch), \(base)",
      TextLayout(titles: titles, rows: rows).plain(),
      "Later runs of these steps are compared with this prediction.",
    ]
  }
}
