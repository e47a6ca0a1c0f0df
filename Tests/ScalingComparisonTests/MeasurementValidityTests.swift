import RunRecords
import ScalingComparison
import TestSupport
import Testing

/// Whether the times of a run are a measurement, by cores, threads, GPUs and load.
@Suite struct MeasurementValidityTests {
  /// The node, cores and threads of a rank.
  typealias RankPlace = (node: Int, cores: [Int], threads: Int)

  private func notes(_ places: [RankPlace], _ change: (inout RunRecord) -> Void = { _ in }) throws
    -> [String]
  {
    let record = makeRecord(ranks: places.count, id: "b2") {
      for (rank, place) in places.enumerated() {
        $0.ranks[rank].node = place.node
        $0.ranks[rank].host = ["alpha.x", "beta.x"][place.node]
        $0.ranks[rank].cores = place.cores
        $0.ranks[rank].threads = place.threads
      }
      change(&$0)
    }
    return try row(places.count, of: [record]).differences
      .filter { $0.hasPrefix("not a measurement: ") }.map { String($0.dropFirst(19)) }
  }

  @Test func aCoreForEveryThreadIsAMeasurement() throws {
    #expect(try notes([(0, [0], 1), (0, [1], 1)]).isEmpty)
    #expect(try notes([(0, [0, 1], 1), (0, [0, 1], 1)]).isEmpty)
    #expect(try notes([(0, [0, 1], 2), (0, [2, 3], 2)]).isEmpty)
    // Fewer threads than cores, in a chain of overlaps.
    #expect(try notes([(0, [0, 1], 1), (0, [1, 2], 1), (0, [2, 3], 1)]).isEmpty)
    // The same core of another node.
    #expect(try notes([(0, [0], 1), (1, [0], 1)]).isEmpty)
  }

  @Test func crowdedCoresAreNamed() throws {
    #expect(
      try notes([(0, [0, 1], 2), (0, [0, 1], 2)]) == ["2 ranks with 4 threads on 2 cores of alpha"])
    #expect(
      try notes([(0, [0], 1), (1, [4, 5], 3)]) == ["1 rank with 3 threads on 2 cores of beta"])
    // Enough cores in total, but two ranks on one core.
    #expect(
      try notes([(0, [0, 1, 2, 3], 1), (0, [2], 1), (0, [2], 1)])
        == ["2 ranks with 2 threads on 1 core of alpha"])
    // No rank's cpuset alone is oversubscribed, but their union is.
    #expect(
      try notes([(0, [0, 1], 2), (0, [1, 2], 2), (0, [2, 3], 1)])
        == ["3 ranks with 5 threads on 4 cores of alpha"])
    // Equal disturbances are listed once.
    #expect(
      try notes([(0, [0], 1), (0, [0], 1), (0, [1], 1), (0, [1], 1)])
        == ["2 ranks with 2 threads on 1 core of alpha"])
  }

  @Test func unknownCoresAreNotChecked() throws {
    #expect(try notes([(0, [], 4), (0, [], 4)]).isEmpty)
  }

  @Test func aGPUIsSharedOnOneNodeOnly() throws {
    func devices(_ nodes: [Int], _ devices: [String]) throws -> [String] {
      try notes(nodes.enumerated().map { ($0.element, [$0.offset], 1) }) {
        for rank in $0.ranks.indices { $0.ranks[rank].device = devices[rank] }
      }
    }
    #expect(try devices([0, 1], ["cuda:0", "cuda:0"]).isEmpty)
    #expect(
      try devices([0, 0, 1, 1], ["cuda:0", "cuda:1", "cuda:1", "cuda:1"])
        == ["2 ranks share the GPU cuda:1 of beta"])
  }

  @Test func aDrillIsNoMeasurement() throws {
    #expect(
      try notes([(0, [0], 1), (0, [1], 1)]) { $0.drill = "slow:rank1:1.5x" }
        == ["a drill: slow:rank1:1.5x"])
    // Not a baseline either.
    let base = makeRecord { $0.drill = "slow:rank0:2x" }
    let multi = try row(2, of: [base, makeRecord(ranks: 2, id: "b2")])
    #expect(multi.speedup == nil)
    #expect(
      multi.differences.contains(
        "the one-rank run is not a measurement: a drill: slow:rank0:2x"))
  }

  @Test func everyBusyNodeIsNamed() throws {
    let found = try notes([(0, [0], 1), (1, [0], 1)]) {
      $0.loads = [
        NodeLoad(node: 0, host: "alpha.x", othersShare: 0.101),
        NodeLoad(node: 1, host: "beta.x", othersShare: 0.0999),
        NodeLoad(node: 2, host: "gamma.x", othersShare: 0.5),
      ]
    }
    #expect(
      found == [
        "other programs used 10 % of the cores of alpha",
        "other programs used 50 % of the cores of gamma",
      ])
  }
}
