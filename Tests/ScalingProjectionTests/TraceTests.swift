import ScalingProjection
import Testing

/// What the exchange methods do, as traces; no simulator is needed.
@Suite struct TraceTests {
  private func trace(
    _ method: ExchangeMethod, ranks: Int, perNode: Int, batch: Int = 64
  ) -> ReplayTrace {
    method.trace(
      RankLayout(ranks: ranks, ranksPerNode: perNode, globalBatch: batch), work: Fixture.work)
  }

  private func seconds(_ actions: [ReplayAction]) -> Double {
    actions.reduce(0) { sum, action in
      if case .pass(let seconds) = action { sum + seconds } else { sum }
    }
  }

  private func sent(_ actions: [ReplayAction]) -> Int {
    actions.reduce(0) { sum, action in
      if case .send(_, _, let count) = action { sum + count } else { sum }
    }
  }

  @Test func allReduceIsOneCallOfAllRanks() {
    let trace = trace(.allreduce, ranks: 4, perNode: 2)
    for actions in trace.actions {
      #expect(actions.filter { $0 == .allReduce(count: 1_000_004) }.count == 1)
      #expect(sent(actions) == 0)
      // 16 samples, the sum of three quarters of the gradients (three of seven numbers), the update.
      #expect(abs(seconds(actions) - (0.0056 + 0.75 * 0.0006 + 0.0014)) < 1e-9)
    }
    #expect(trace.text.hasPrefix("0 init\n0 sleep 0.0056"))
    #expect(
      trace.text.contains("\n2 allreduce 1000004 0 5\n") && trace.text.hasSuffix("3 finalize\n"))
  }

  /// On one node: two barriers, no gradients sent, and the update of a quarter that reads four sets.
  @Test func nodeSendsNoGradientsWithinANode() {
    for actions in trace(.node, ranks: 4, perNode: 4).actions {
      #expect(sent(actions) == 2 * 2)
      #expect(abs(seconds(actions) - (0.0056 + 0.0014 / 4 * 10 / 7)) < 1e-9)
    }
  }

  /// Between nodes each rank sends its range twice, less the part that it keeps.
  @Test func nodeExchangesOneRangePerRankBetweenNodes() {
    let trace = trace(.node, ranks: 8, perNode: 2)
    for (rank, actions) in trace.actions.enumerated() {
      let range = 500_000 + (rank % 2 == 0 ? 4 : 0)
      #expect(abs(sent(actions) - (2 * range * 3 / 4 + 2)) <= 2)
      #expect(!actions.contains { if case .allReduce = $0 { true } else { false } })
    }
  }

  @Test func nodeOfOneRankIsAnAllReduce() {
    for actions in trace(.node, ranks: 8, perNode: 1).actions {
      #expect(actions.contains(.allReduce(count: 1_000_004)) && sent(actions) == 0)
    }
  }

  /// Of nodes with 4, 4 and 2 ranks, two ranks each exchange halves.
  @Test func unevenNodesExchangeAsTheSmallest() {
    let trace = trace(.node, ranks: 10, perNode: 4)
    for node in [0..<4, 4..<8, 8..<10] {
      for (place, rank) in node.enumerated() {
        #expect((sent(trace.actions[rank]) > 100_000) == (place < 2))
      }
    }
  }

  /// Every message has one sender, one receiver of as many numbers, and both wait for it.
  @Test(arguments: [2, 3, 5, 8, 12, 13])
  func messagesMatch(members: Int) {
    var trace = ReplayTrace(ranks: members)
    trace.allReduce(among: Array(0..<members), count: 1001)
    trace.barrier(among: 0..<members)
    var sends: [String: Int] = [:]
    var receives: [String: Int] = [:]
    var waits: [String: Int] = [:]
    for (rank, actions) in trace.actions.enumerated() {
      for action in actions {
        switch action {
        case .send(let peer, let tag, let count): sends["\(rank) \(peer) \(tag)"] = count
        case .receive(let peer, let tag, let count): receives["\(peer) \(rank) \(tag)"] = count
        case .wait(let from, let to, let tag): waits["\(from) \(to) \(tag)", default: 0] += 1
        case .pass, .allReduce: break
        }
      }
    }
    #expect(sends == receives && !sends.isEmpty)
    #expect(waits.count == sends.count && waits.values.allSatisfy { $0 == 2 })
  }

  @Test func unequalLocalBatchesTakeTheirOwnTime() {
    let trace = trace(.allreduce, ranks: 3, perNode: 1, batch: 65)
    let first = trace.actions.map { seconds(Array($0.prefix(1))) }
    #expect(first[0] == first[1] && abs(first[1] - first[2] - 0.0003) < 1e-9)
  }
}
