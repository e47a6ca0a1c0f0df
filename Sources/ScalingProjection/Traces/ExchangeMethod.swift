/// A gradient exchange method of CPUs, as a step of it looks to every rank.
///
/// The raw value is that of `--sync` and of `config.sync` in records.
public enum ExchangeMethod: String, CaseIterable, Codable, Sendable {
  case allreduce, node

  /// The numbers that are packed in front of the gradients: loss, correct predictions, samples,
  /// requests.
  private static let totals = 4

  /// One step of all ranks: computation, exchange and update.
  ///
  /// Both methods add gradients within `MPI_Allreduce`; that time follows the collective.
  package func trace(_ layout: RankLayout, work: MeasuredWork) -> ReplayTrace {
    switch self {
    case .allreduce: Self.allReduce(layout, work)
    case .node: Self.node(layout, work)
    }
  }

  /// One `MPI_Allreduce` of all gradients, then every rank updates all parameters.
  private static func allReduce(_ layout: RankLayout, _ work: MeasuredWork) -> ReplayTrace {
    var trace = ReplayTrace(ranks: layout.ranks)
    let cost = UpdateCost(work)
    let sum = cost.sumWhileReducing(work.parameters, over: layout.ranks)
    let update = cost.update(work.parameters, from: 1)
    for rank in 0..<layout.ranks {
      trace.pass(work.times.seconds(of: layout.localBatches[rank]), on: rank)
    }
    if layout.ranks > 1 { trace.allReduce(count: work.parameters + totals) }
    for rank in 0..<layout.ranks { trace.pass(sum + update, on: rank) }
    return trace
  }

  /// Sums in the memory of each node, an all-reduce between nodes, and an update of a range by each
  /// rank; barriers within nodes.
  private static func node(_ layout: RankLayout, _ work: MeasuredWork) -> ReplayTrace {
    var trace = ReplayTrace(ranks: layout.ranks)
    let cost = UpdateCost(work)
    let nodes = (0..<layout.nodes).map(layout.ranks(ofNode:))
    let smallest = nodes.map(\.count).min() ?? 1
    let isEven = nodes.allSatisfy { $0.count == smallest }
    func barriers() { for node in nodes { trace.barrier(among: node) } }
    for rank in 0..<layout.ranks {
      trace.pass(work.times.seconds(of: layout.localBatches[rank]), on: rank)
    }
    barriers()
    if nodes.count > 1 {
      for node in nodes {
        for rank in node {
          trace.pass(cost.sum(work.parameters / node.count, of: node.count), on: rank)
        }
      }
      if !isEven { barriers() }
      if layout.ranksPerNode == 1 {
        trace.allReduce(count: work.parameters + totals)
      } else {
        for place in 0..<smallest {
          trace.allReduce(
            among: nodes.map { $0.lowerBound + place },
            count: work.parameters / smallest + (place == 0 ? totals : 0))
        }
      }
      for node in nodes {
        for rank in node.prefix(smallest) {
          trace.pass(
            cost.sumWhileReducing(work.parameters / smallest, over: nodes.count), on: rank)
        }
      }
      if !isEven { barriers() }
    }
    for node in nodes {
      for rank in node {
        let sets = nodes.count > 1 ? 1 : node.count
        trace.pass(cost.update(work.parameters / node.count, from: sets), on: rank)
      }
    }
    barriers()
    return trace
  }
}
