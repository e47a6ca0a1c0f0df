import Charts
import RunRecords
import TextTables

/// One step of a trace as a chart: a track for each rank.
enum TimelineChart {
  static func figure(_ step: StepDrawing) -> FigureContext {
    let kinds = kinds(of: step)
    let tracks = step.hosts.enumerated().map { rank, host in
      SpanChart.Track(
        "rank \(rank) (\(host))",
        spans: step.spans.filter { $0.rank == rank }.compactMap { span in
          kinds.firstIndex { $0.phase == span.phase && $0.isInjected == span.isInjected }.map {
            SpanChart.Span(from: 1000 * span.start, to: 1000 * span.end, kind: $0)
          }
        })
    }
    let milliseconds = NumberText.fixed(1000 * step.seconds, 2)
    let chart = SpanChart(
      title: "Step \(step.step) of \(step.model) on all ranks",
      description: step.hosts.indices.map { rank in
        "rank \(rank): " + sums(step, rank: rank, kinds).joined(separator: ", ")
      }.joined(separator: ". "),
      axis: Axis("time from the start of the step", unit: "ms", includes: [0]),
      kinds: kinds.map { SpanChart.Kind($0.name, area: $0.area) }, tracks: tracks)
    let choice =
      step.candidates.map {
        ", the step of median duration among steps \($0.lowerBound) to \($0.upperBound)"
      } ?? ""
    return FigureContext(
      svg: chart.svg(),
      caption:
        "Step \(step.step)\(choice), of a traced run: \(milliseconds) ms from the start of the "
        + "first rank to the end of the last one. The clocks of all ranks are aligned.")
  }

  private struct Kind {
    let phase: Phase
    let isInjected: Bool
    /// The filling, the same for a phase in every chart.
    let area: Int
    var name: String { isInjected ? "drill" : phase.title }
  }

  /// The phases that the step has, in their order.
  private static func kinds(of step: StepDrawing) -> [Kind] {
    let all = Phase.allCases.enumerated().map { Kind(phase: $1, isInjected: false, area: $0) }
    let drill = Kind(phase: .backward, isInjected: true, area: Phase.allCases.count)
    return (all + [drill]).filter { kind in
      step.spans.contains { $0.phase == kind.phase && $0.isInjected == kind.isInjected }
    }
  }

  private static func sums(_ step: StepDrawing, rank: Int, _ kinds: [Kind]) -> [String] {
    kinds.map { kind in
      let spans = step.spans.filter {
        $0.rank == rank && $0.phase == kind.phase && $0.isInjected == kind.isInjected
      }
      let seconds = spans.reduce(0) { $0 + $1.end - $1.start }
      return "\(kind.name) \(NumberText.fixed(1000 * seconds, 2)) ms"
    }
  }
}
