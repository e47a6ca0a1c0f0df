import RunRecords
import TextTables

/// A projection as text: a table for each kind of scaling, and what it is made of.
public struct ProjectionTable {
  private let projection: Projection

  /// The table of a projection.
  public init(_ projection: Projection) { self.projection = projection }

  /// All tables, without a last line break.
  public var text: String {
    var kinds: [(Scaling, Int)] = []
    for curve in projection.curves
    where !kinds.contains(where: { $0 == (curve.scaling, curve.batch) }) {
      kinds.append((curve.scaling, curve.batch))
    }
    let sections = kinds.map { scaling, batch in
      ([heading(scaling, batch), table(scaling, batch)] + notes(scaling, batch))
        .joined(separator: "\n")
    }
    return (sections + [Self.leftOut]).joined(separator: "\n\n")
  }

  /// What the simulation does not contain, in one sentence.
  public static let leftOut =
    "Left out: noise and stragglers, ranks of a node that slow each other's computation, copies and "
    + "processor time of messages, other users of the network. The figures are simulated, not measured."

  /// What the figures are of, such as `cnn, strong scaling, global batch 4096`.
  static func subject(_ projection: Projection, _ scaling: Scaling, _ batch: Int) -> String {
    let kind =
      scaling == .strong ? "strong scaling, global batch" : "weak scaling, local batch"
    return "\(projection.work.model), \(kind) \(batch)"
  }

  private func heading(_ scaling: Scaling, _ batch: Int) -> String {
    let machine = projection.machine
    return "Simulated: \(Self.subject(projection, scaling, batch)), on \(machine.platform), "
      + "\(NumberText.count(machine.ranksPerNode, "rank", "ranks")) a node "
      + "(\(machine.simulator), \(machine.selector.rawValue))"
  }

  private func table(_ scaling: Scaling, _ batch: Int) -> String {
    let curves = projection.curves.filter { $0.scaling == scaling && $0.batch == batch }
    var titles: [TextLayout.Title] = [
      .init(name: "ranks"), .init(name: "nodes"), .init(name: "batch", unit: "a rank"),
      .init(name: "compute", unit: "ms"),
    ]
    for curve in curves {
      titles += [.init(name: curve.sync.rawValue, unit: "step ms"), .init(name: "eff.")]
    }
    let rows = (curves.first?.points ?? []).map { point in
      [
        "\(point.ranks)", "\(point.nodes)",
        "\(point.localBatch)\(point.isExtrapolated ? "*" : "")",
        NumberText.fixed(1000 * point.computeSeconds, 3),
      ]
        + curves.flatMap { curve -> [String] in
          let own = curve.points.first { $0.ranks == point.ranks }
          return [
            NumberText.fixed(own.map { 1000 * $0.stepSeconds }, 3),
            NumberText.fixed(own.flatMap(curve.efficiency), 3),
          ]
        }
    }
    return TextLayout(titles: titles, rows: rows).plain()
  }

  private func notes(_ scaling: Scaling, _ batch: Int) -> [String] {
    let points =
      projection.curves.first { $0.scaling == scaling && $0.batch == batch }?.points ?? []
    guard points.contains(where: \.isExtrapolated) else { return [] }
    let measured = projection.work.times.measured
    var note =
      "* extrapolated: measured were local batches from \(measured.lowerBound) to "
      + "\(measured.upperBound)"
    if points.first?.isExtrapolated == true {
      note += "; T(1) is extrapolated, and so is every efficiency"
    }
    return [note]
  }
}
