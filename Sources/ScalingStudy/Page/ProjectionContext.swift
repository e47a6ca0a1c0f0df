import Charts
import RunRecords
import ScalingProjection
import TextTables

/// The section of a page about ranks that are not there.
struct ProjectionSection {
  /// One for each model, kind of scaling and batch.
  let groups: [ProjectionContext]
  let leftOut: String

  /// Nil without projections.
  init?(_ projections: [Projection], beside works: [StudyWork]) {
    var groups: [ProjectionGroup] = []
    for projection in projections {
      for curve in projection.curves {
        let key = ProjectionGroup(projection, curve)
        if let place = groups.firstIndex(where: { $0.isSameWork(as: key) }) {
          groups[place].curves += key.curves
        } else {
          groups.append(key)
        }
      }
    }
    guard !groups.isEmpty else { return nil }
    self.groups = groups.map { ProjectionContext($0, beside: works) }
    leftOut = ProjectionTable.leftOut
  }
}

/// Curves of the same work, on any platforms.
struct ProjectionGroup {
  /// A curve with its platform and exchange method.
  struct Member {
    let machine: Projection.Machine
    let measured: ClosedRange<Int>
    let curve: Projection.Curve

    /// `fat-tree, node`, with the ranks of a node if they are several.
    var name: String {
      let ranks = machine.ranksPerNode
      return "\(machine.platform), \(curve.sync.rawValue)" + (ranks > 1 ? ", \(ranks) a node" : "")
    }
  }

  let model: String
  let layers: String
  let scaling: Scaling
  let batch: Int
  var curves: [Member]

  init(_ projection: Projection, _ curve: Projection.Curve) {
    model = projection.work.model
    layers = projection.work.layers
    scaling = curve.scaling
    batch = curve.batch
    curves = [
      Member(
        machine: projection.machine, measured: projection.work.times.measured, curve: curve)
    ]
  }

  func isSameWork(as other: ProjectionGroup) -> Bool {
    layers == other.layers && scaling == other.scaling && batch == other.batch
  }

  /// The measured rows of the same work with this exchange method.
  func rows(of works: [StudyWork]) -> [StudyRow] {
    works.filter {
      $0.example.work.model == layers && $0.scaling == scaling && $0.batch == batch
    }.flatMap(\.rows).filter { $0.ranks > 1 && $0.efficiency != nil }
  }
}

/// The simulated curves of one work: plots and a table.
struct ProjectionContext {
  let heading: String
  let figures: [FigureContext]
  let columns: [WorkContext.Cell]
  let rows: [WorkContext.Row]
  /// What is extrapolated; nil for nothing.
  let note: String?

  init(_ group: ProjectionGroup, beside works: [StudyWork]) {
    let kind = group.scaling == .strong ? "global batch" : "batch per rank"
    heading = "\(group.model), \(group.scaling.rawValue) scaling, \(kind) \(group.batch)"
    let plots = ProjectionPlots(group, heading: heading, rows: group.rows(of: works))
    figures = [plots.efficiency, plots.stepTime]
    columns =
      [WorkContext.Cell(text: "ranks", unit: "", kind: "n")]
      + group.curves.flatMap {
        [
          WorkContext.Cell(text: $0.name, unit: "step ms", kind: "n"),
          WorkContext.Cell(text: "eff.", unit: "", kind: "n"),
        ]
      }
    let counts = Set(group.curves.flatMap { $0.curve.points.map(\.ranks) }).sorted()
    rows = counts.map { Self.row($0, group) }
    note = Self.note(group)
  }

  private static func row(_ ranks: Int, _ group: ProjectionGroup) -> WorkContext.Row {
    func cell(_ text: String) -> WorkContext.Cell {
      WorkContext.Cell(text: text, unit: "", kind: "n")
    }
    let points = group.curves.map { member in
      (member.curve, member.curve.points.first { $0.ranks == ranks })
    }
    let isExtrapolated = points.contains { $0.1?.isExtrapolated == true }
    return WorkContext.Row(
      head: cell("\(ranks)\(isExtrapolated ? "*" : "")"),
      cells: points.flatMap { curve, point in
        [
          cell(NumberText.fixed(point.map { 1000 * $0.stepSeconds }, 3)),
          cell(NumberText.fixed(point.flatMap(curve.efficiency), 3)),
        ]
      })
  }

  private static func note(_ group: ProjectionGroup) -> String? {
    let points = group.curves.flatMap(\.curve.points)
    guard points.contains(where: \.isExtrapolated), let first = group.curves.first else {
      return nil
    }
    let isBase = group.curves.contains { $0.curve.points.first?.isExtrapolated == true }
    return "* extrapolated: the measured local batches are \(first.measured.lowerBound) to "
      + "\(first.measured.upperBound)"
      + (isBase ? "; T(1) is extrapolated, and so is every efficiency." : ".")
  }
}
