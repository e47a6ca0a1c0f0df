import Foundation
import RunRecords
import ScalingProjection
import ScalingStudy
import TestSupport
import Testing

/// A made-up projection of the work of `makeRecord` on 1 to 1,024 ranks.
enum ProjectionFixture {
  static func projection(_ platform: String, batch: Int = 64) -> Projection {
    let curves = ExchangeMethod.allCases.map { method in
      Projection.Curve(
        scaling: .strong, batch: batch, sync: method,
        points: [1, 2, 64, 1024].map { ranks in
          Projection.Point(
            ranks: ranks, nodes: ranks, localBatch: max(batch / ranks, 1),
            computeSeconds: 0.1 / Double(ranks),
            stepSeconds: 0.1 / Double(ranks) + (ranks > 1 ? 0.003 : 0) + 0.00125,
            isExtrapolated: ranks == 1024)
        })
    }
    return Projection(
      version: "test",
      work: MeasuredWork(
        model: "cnn", layers: makeWork().model, parameters: 1000, optimizer: "adam",
        statesPerParameter: 2, cpu: "Example CPU", threadsPerRank: 1,
        times: ComputeTimes(
          points: [.init(localBatch: 4, seconds: 0.01, records: 1)], updateSeconds: 0.001)),
      machine: Projection.Machine(
        platform: platform, hosts: 1024, ranksPerNode: 1, selector: .ompi,
        simulator: "SimGrid version 3.32"),
      curves: curves)
  }
}

/// Simulated steps in a report.
@Suite struct ProjectionPageTests {
  private let report = StudyReport(
    PageReports.study().analysis,
    projections: [
      ProjectionFixture.projection("fat-tree"), ProjectionFixture.projection("dragonfly"),
    ])

  /// Platforms of the same work share plots; every curve is dashed and called simulated.
  @Test func curvesAreDashedAndMarked() throws {
    let html = report.html()
    let start = try #require(html.range(of: "<h2>Simulated: ranks that are not there</h2>"))
    let end = try #require(html.range(of: "<h2>Machine</h2>"))
    let section = html[start.upperBound..<end.lowerBound]
    #expect(section.ranges(of: "<h3>").count == 1 && section.ranges(of: "<svg").count == 2)
    for name in [
      "fat-tree, allreduce", "fat-tree, node", "dragonfly, allreduce", "dragonfly, node",
    ] {
      #expect(section.ranges(of: "\(name), simulated</text>").count == 2, "\(name)")
    }
    // Four curves and four samples of the legend in each of two plots.
    #expect(section.ranges(of: "stroke-dasharray").count == 16)
    #expect(section.ranges(of: "\"6 4\"").count == 16 || section.ranges(of: "6 4").count == 16)
    #expect(section.contains("The figures are simulated, not measured."))
    #expect(section.contains(">1024*</th>") && section.contains("* extrapolated"))
    #expect(ParsedPage(html).error == nil)
  }

  /// The study has the same work on two ranks, by both methods.
  @Test func measuredPointsOfTheSameWorkAreBesideThem() {
    #expect(report.html().contains("node, measured</text>"))
    let other = StudyReport(
      PageReports.study().analysis,
      projections: [ProjectionFixture.projection("fat-tree", batch: 4096)])
    #expect(!other.html().contains(", measured</text>"))
    #expect(other.html().contains("No run here is of the same work on several ranks."))
  }

  @Test func textAndJSONHaveThemToo() throws {
    #expect(report.text().contains("Simulated: cnn, strong scaling, global batch 64, on dragonfly"))
    struct Document: Decodable { let projections: [Projection] }
    let document = try JSONDecoder().decode(Document.self, from: Data(try report.json().utf8))
    #expect(document.projections == report.projections)
  }

  @Test func aPageWithoutProjectionsHasNoSuchSection() {
    #expect(!PageReports.study().html().contains("imulated"))
  }
}
