import Glibc
import ScalingProjection
import TestSupport
import Testing

/// The formulas of FORMULAS.md.
struct StepFormulas {
  let work: MeasuredWork
  /// Seconds of a message between nodes apart from its bytes, and bytes a second.
  let latency: Double
  let bandwidth: Double
  let latencyWithinNode: Double

  private var bytes: Double { 4 * Double(work.parameters) }
  private var numbers: Double { Double(3 + 2 * work.statesPerParameter) }

  private func sum(_ sets: Int, share: Double) -> Double {
    work.times.updateSeconds * share * Double(sets + 1) / numbers
  }

  /// The messages of an all-reduce of all gradients.
  private func messages(_ ranks: Int) -> Double {
    2 * log2(Double(ranks)) * latency + 2 * Double(ranks - 1) / Double(ranks) * bytes / bandwidth
  }

  func allReduce(ranks: Int, localBatch: Int) -> Double {
    work.times.seconds(of: localBatch) + messages(ranks)
      + sum(2, share: Double(ranks - 1) / Double(ranks)) + work.times.updateSeconds
  }

  func node(nodes: Int, ranksPerNode: Int, localBatch: Int) -> Double {
    let part = 1 / Double(ranksPerNode)
    let barriers = 2 * log2(Double(ranksPerNode)) * latencyWithinNode
    let before = work.times.seconds(of: localBatch) + barriers
    guard nodes > 1 else {
      return before + (1 + Double(ranksPerNode - 1) / numbers) * work.times.updateSeconds * part
    }
    return before + sum(ranksPerNode, share: part) + messages(nodes)
      + sum(2, share: Double(nodes - 1) / Double(nodes) * part) + work.times.updateSeconds * part
  }
}

/// The formulas of FORMULAS.md against SimGrid, where their assumptions apply.
@Suite(.enabled(if: SimGridTool.isInstalled, "SimGrid is missing: install libsimgrid-dev"))
struct FormulaTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Simulated steps of a local batch of 4, by method and ranks.
  private func curves(
    _ platform: Platform, ranks: Int, perNode: Int
  ) async throws -> [Projection.Curve] {
    let plan = ProjectionPlan(
      tasks: [.init(scaling: .weak, batch: 4)], ranks: ranks, ranksPerNode: perNode,
      selector: .ompi)
    return try await Fixture.project(plan, on: platform).curves
  }

  private func isClose(_ simulated: Double, _ formula: Double) -> Bool {
    abs(simulated / formula - 1) <= 0.15
  }

  /// One rank a node, on a slow and on a fast network, where the exchange is most of the step, and
  /// where it is little.
  @Test(arguments: [("25us", "125MBps", 50e-6, 125e6), ("1us", "5GBps", 2e-6, 5e9)])
  func oneRankANode(latency: String, bandwidth: String, a: Double, b: Double) async throws {
    let formulas = StepFormulas(
      work: Fixture.work, latency: a, bandwidth: b, latencyWithinNode: 1e-6)
    let platform = try Fixture.oneSwitch(
      hosts: 16, latency: latency, bandwidth: bandwidth, in: directory)
    for curve in try await curves(platform, ranks: 8, perNode: 1) {
      for point in curve.points {
        let formula = formulas.allReduce(ranks: point.ranks, localBatch: 4)
        #expect(isClose(point.stepSeconds, formula), "\(curve.sync) \(point) \(formula)")
      }
    }
  }

  /// Four ranks a node: `node` on one node and on several.
  @Test func severalRanksANode() async throws {
    let formulas = StepFormulas(
      work: Fixture.work, latency: 50e-6, bandwidth: 125e6, latencyWithinNode: 1e-6)
    let platform = try Fixture.oneSwitch(
      hosts: 4, latency: "25us", bandwidth: "125MBps", in: directory)
    let all = try await curves(platform, ranks: 8, perNode: 4)
    let curve = try #require(all.first { $0.sync == .node })
    for point in curve.points {
      let formula = formulas.node(
        nodes: point.nodes, ranksPerNode: min(point.ranks, 4), localBatch: 4)
      #expect(isClose(point.stepSeconds, formula), "\(point) \(formula)")
    }
  }
}
