import Foundation
import FoundationEssentials
import RunRecords

extension Projection {
  /// Simulates all steps of a plan.
  ///
  /// - Parameter version: of this program.
  /// - Throws: `ProjectionError`, or `FileError` if no trace can be written.
  public init(
    _ work: MeasuredWork, plan: ProjectionPlan, platform: Platform, simulator: SimGrid,
    version: String
  ) throws {
    try plan.check(platform)
    var curves: [Curve] = []
    for task in plan.tasks {
      for method in ExchangeMethod.allCases {
        let points = try plan.rankCounts.map { ranks in
          let layout = RankLayout(
            ranks: ranks, ranksPerNode: plan.ranksPerNode,
            globalBatch: task.globalBatch(ranks: ranks))
          return try Self.point(
            layout, method, work, on: platform, selector: plan.selector, simulator: simulator)
        }
        curves.append(
          Curve(scaling: task.scaling, batch: task.batch, sync: method, points: points))
      }
    }
    self.init(
      version: version, work: work,
      machine: Machine(
        platform: URL(filePath: platform.path).deletingPathExtension().lastPathComponent,
        hosts: platform.hosts.count, ranksPerNode: plan.ranksPerNode, selector: plan.selector,
        simulator: simulator.version),
      curves: curves)
  }

  private static func point(
    _ layout: RankLayout, _ method: ExchangeMethod, _ work: MeasuredWork, on platform: Platform,
    selector: CollectiveSelector, simulator: SimGrid
  ) throws -> Point {
    let hosts = (0..<layout.ranks).map { platform.hosts[$0 / layout.ranksPerNode] }
    let seconds = try simulator.seconds(
      method.trace(layout, work: work), on: platform, hosts: hosts,
      options: selector.options(bytes: 4 * work.parameters))
    let batches = Set(layout.localBatches)
    let largest = batches.max() ?? 1
    return Point(
      ranks: layout.ranks, nodes: layout.nodes, localBatch: largest,
      computeSeconds: work.times.seconds(of: largest), stepSeconds: seconds,
      isExtrapolated: batches.contains(where: work.times.isExtrapolated))
  }
}
