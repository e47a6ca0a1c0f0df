import RunRecords
import TextTables

/// A step in the terminal: one line a rank, one character for each hundredth of the step.
extension StepDrawing {
  /// Number of characters of a bar.
  private static let width = 100
  /// Characters between two marks of the time axis.
  private static let spacing = 20

  /// What a character of a bar stands for.
  private struct Kind: Hashable {
    let phase: Phase
    let isInjected: Bool

    init(_ phase: Phase, isInjected: Bool = false) {
      self.phase = phase
      self.isInjected = isInjected
    }

    /// In the order of the legend and of the table.
    static let all = [
      Kind(.load), Kind(.forward), Kind(.backward), Kind(.backward, isInjected: true),
      Kind(.allReduceWait), Kind(.allReduceTransfer), Kind(.update),
    ]

    var character: Character {
      switch phase {
      case .load: "l"
      case .forward: "f"
      case .backward: isInjected ? "d" : "b"
      case .allReduceWait: "w"
      case .allReduceTransfer: "t"
      case .update: "u"
      case .evaluate: "e"
      }
    }

    /// The name in the legend.
    var name: String { isInjected ? "drill" : phase.title }

    /// The title of a column.
    var title: String {
      switch phase {
      case .allReduceWait: "wait"
      case .allReduceTransfer: "transfer"
      default: name
      }
    }
  }

  /// The kinds in this step; that of a drill only if there is one.
  private var kinds: [Kind] {
    let isDrill = spans.contains(where: \.isInjected)
    return Kind.all.filter { isDrill || !$0.isInjected }
  }

  /// The drawing: a heading, the time axis, a bar for each rank, the legend, the sums.
  public func text() -> String {
    let label = "rank \(hosts.count - 1)".count + 2
    func labelled(_ text: String, _ line: String) -> String {
      text + String(repeating: " ", count: label - text.count) + line
    }
    var lines = [heading]
    lines += [labelled("ms", axis.times), labelled("", axis.marks)]
    lines += hosts.indices.map { labelled("rank \($0)", bar(of: $0)) }
    let legend = kinds.map { "\($0.character) \($0.name)" } + [". outside all phases"]
    lines.append(labelled("", legend.joined(separator: "  ")))
    return (lines + ["", sums]).joined(separator: "\n")
  }

  private var heading: String {
    let ranks = NumberText.count(hosts.count, "rank", "ranks")
    var text = "Step \(step) of \(model) on \(ranks): \(Self.milliseconds(seconds)) ms"
    if let candidates {
      text += ", the median of steps \(candidates.lowerBound) to \(candidates.upperBound)"
    }
    return text
  }

  /// The times, and the marks below them, at which each begins.
  private var axis: (times: String, marks: String) {
    var (times, marks) = ("", "")
    for column in stride(from: 0, through: Self.width, by: Self.spacing) {
      times += String(repeating: " ", count: max(0, column - times.count))
      times += Self.milliseconds(seconds * Double(column) / Double(Self.width))
      marks += String(repeating: "-", count: column - marks.count) + "|"
    }
    return (times, marks)
  }

  /// The bar of a rank: each character is what filled most of its part of the step.
  private func bar(of rank: Int) -> String {
    var shares = [[Character: Double]](repeating: [:], count: Self.width)
    let scale = seconds > 0 ? Double(Self.width) / seconds : 0
    for span in spans where span.rank == rank {
      let kind = Kind(span.phase, isInjected: span.isInjected)
      let (start, end) = (span.start * scale, span.end * scale)
      for column in Int(start)..<max(Int(start), min(Self.width, Int(end.rounded(.up)))) {
        let share = min(end, Double(column + 1)) - max(start, Double(column))
        shares[column][kind.character, default: 0] += share
      }
    }
    return String(
      shares.map { shares in
        let most = shares.max { ($0.value, $1.key) < ($1.value, $0.key) }
        let none = 1 - shares.values.reduce(0, +)
        return most.flatMap { $0.value >= none ? $0.key : nil } ?? "."
      })
  }

  /// The sums of each rank in milliseconds.
  private var sums: String {
    let titles: [TextLayout.Title] =
      [.init(name: "rank"), .init(name: "host", align: .left)]
      + (kinds.map(\.title) + ["outside"]).map { .init(name: $0, unit: "ms") }
    let rows = hosts.enumerated().map { rank, host in
      let own = spans.filter { $0.rank == rank }
      let sums = kinds.map { kind in
        own.filter { Kind($0.phase, isInjected: $0.isInjected) == kind }
          .reduce(0) { $0 + $1.end - $1.start }
      }
      let outside = max(0, seconds - sums.reduce(0, +))
      return ["\(rank)", host] + (sums + [outside]).map(Self.milliseconds)
    }
    return TextLayout(titles: titles, rows: rows).plain()
  }

  private static func milliseconds(_ seconds: Double) -> String {
    NumberText.fixed(1000 * seconds, 3)
  }
}
