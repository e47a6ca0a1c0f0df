import Foundation
import RunRecords
import ScalingProjection
import TestSupport
import Testing

/// Projections that SimGrid computes.
@Suite(.enabled(if: SimGridTool.isInstalled, "SimGrid is missing: install libsimgrid-dev"))
struct SimulationTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// The all-reduce that `node` writes as messages takes as long as SimGrid's own.
  @Test(arguments: [2, 16, 12])
  func messagesTakeAsLongAsTheCollective(ranks: Int) async throws {
    let platform = try Fixture.oneSwitch(
      hosts: ranks, latency: "20us", bandwidth: "1GBps", in: directory)
    var collective = ReplayTrace(ranks: ranks)
    collective.allReduce(count: 1_000_000)
    var messages = ReplayTrace(ranks: ranks)
    messages.allReduce(among: Array(0..<ranks), count: 1_000_000)
    let traces = [collective, messages]
    let times = try await Fixture.waiting {
      let simulator = try SimGrid()
      return try traces.map {
        try simulator.seconds(
          $0, on: platform, hosts: platform.hosts,
          options: CollectiveSelector.mpich.options(bytes: 4_000_000))
      }
    }
    #expect(abs(times[1] / times[0] - 1) < 0.01, "\(times)")
  }

  /// Every platform that comes along can be simulated; a slower network gives longer steps.
  @Test func platformsDifferAsTheirLinks() async throws {
    var seconds: [Double] = []
    for name in ["dragonfly", "fat-tree", "ethernet-switch"] {
      let plan = ProjectionPlan(
        tasks: [.init(scaling: .strong, batch: 64)], ranks: 16, ranksPerNode: 8, selector: .mpich)
      let projection = try await Fixture.project(
        plan, on: Platform(path: "\(Repository.root)/jobs/platforms/\(name).xml"))
      #expect(projection.machine.platform == name && projection.machine.hosts == 1024)
      #expect(projection.curves.map(\.sync) == [.allreduce, .node])
      seconds.append(try #require(projection.curves.last?.points.last).stepSeconds)
    }
    #expect(seconds == seconds.sorted() && Set(seconds).count == 3, "\(seconds)")
  }

  /// A projection is written and read again; its table marks what was extrapolated.
  @Test func extrapolationIsMarkedAndFilesAreReadAgain() async throws {
    let platform = try Fixture.oneSwitch(
      hosts: 8, latency: "20us", bandwidth: "1GBps", in: directory)
    let plan = ProjectionPlan(
      tasks: [.init(scaling: .strong, batch: 256), .init(scaling: .weak, batch: 64)], ranks: 6,
      ranksPerNode: 1, selector: .ompi)
    let projection = try await Fixture.project(plan, on: platform)
    let strong = try #require(projection.curves.first)
    #expect(strong.points.map(\.ranks) == [1, 2, 4, 6])
    #expect(strong.points.map(\.localBatch) == [256, 128, 64, 43])
    #expect(strong.points.map(\.isExtrapolated) == [true, true, false, false])
    #expect(projection.curves.last?.points.contains { $0.isExtrapolated } == false)
    let text = ProjectionTable(projection).text
    #expect(text.contains(" 128* ") && text.contains("T(1) is extrapolated"))
    #expect(text.contains("simulated, not measured"))
    let path = try directory.write(Data(projection.json().utf8), to: "projection.json")
    #expect(try Projection(path: path) == projection)
  }

  /// SimGrid's own words about a file that it does not accept.
  @Test func faultsOfSimGridNameThePlatform() async throws {
    let text =
      "<platform version=\"4.1\"><cluster id=\"c\" prefix=\"n\" radical=\"0-3\"/></platform>"
    let platform = try Platform(path: try directory.write(Data(text.utf8), to: "bad.xml"))
    let plan = ProjectionPlan(
      tasks: [.init(scaling: .weak, batch: 4)], ranks: 2, ranksPerNode: 1, selector: .ompi)
    let error = await #expect(throws: ProjectionError.self) {
      try await Fixture.project(plan, on: platform)
    }
    #expect(error?.description.contains("bad.xml: SimGrid cannot simulate") == true, "\(error)")
  }
}
