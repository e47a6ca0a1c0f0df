import Statistics
import TextTables

/// Predicted step time for many ranks, by formulas from a few measured numbers.
///
/// GROWTH.md explains the formulas.
public struct GrowthModel: Equatable, Sendable {
  /// Time of a message between nodes.
  public var network: LinearFit
  /// Time of a message between ranks of a node.
  public var withinNode: LinearFit
  public var ranksPerNode: Int
  /// The rate at which one rank reads and adds other ranks' gradients, in bytes a second.
  public var sumBytesPerSecond: Double
  /// Size of the model's gradients.
  public var bytes: Double
  /// Load, forward and backward of one sample.
  public var secondsPerSample: Double
  /// The part of load, forward and backward that does not depend on the number of samples.
  public var secondsPerStep: Double
  /// The update of all parameters by one rank.
  public var updateSeconds: Double
  /// The fraction of the computation during which gradients that are already final can be sent.
  public var overlappedShare: Double

  /// All fields at once.
  public init(
    network: LinearFit, withinNode: LinearFit, ranksPerNode: Int, sumBytesPerSecond: Double,
    bytes: Double, secondsPerSample: Double, secondsPerStep: Double, updateSeconds: Double,
    overlappedShare: Double
  ) {
    self.network = network
    self.withinNode = withinNode
    self.ranksPerNode = ranksPerNode
    self.sumBytesPerSecond = sumBytesPerSecond
    self.bytes = bytes
    self.secondsPerSample = secondsPerSample
    self.secondsPerStep = secondsPerStep
    self.updateSeconds = updateSeconds
    self.overlappedShare = overlappedShare
  }

  /// Seconds of a step on `ranks` ranks, for each gradient exchange method.
  ///
  /// `overlap` is an all-reduce in buckets during the backward pass. `--sync` does not offer it;
  /// GROWTH.md explains why the model includes it.
  public func stepSeconds(ranks: Int, localBatch: Double) -> (
    allReduce: Double, overlap: Double, node: Double
  ) {
    let compute = secondsPerStep + localBatch * secondsPerSample
    let exchange = allReduceSeconds(ranks: ranks)
    // The last bucket is final only when the backward pass ends, so its latency is not hidden.
    let exposed = max(latencySeconds(ranks: ranks), exchange - overlappedShare * compute)
    return (
      compute + exchange + updateSeconds, compute + min(exchange, exposed) + updateSeconds,
      compute + nodeSeconds(ranks: ranks)
    )
  }

  /// The base-2 logarithm of `ranks`, rounded up.
  private static func rounds(_ ranks: Int) -> Double {
    var rounds = 0
    while 1 << rounds < ranks { rounds += 1 }
    return Double(rounds)
  }

  private func ranksOfNode(_ ranks: Int) -> Int { min(ranks, ranksPerNode) }
  private func nodes(_ ranks: Int) -> Int { (ranks + ranksPerNode - 1) / ranksPerNode }

  private func latencySeconds(ranks: Int) -> Double {
    let message = nodes(ranks) > 1 ? network : withinNode
    return 2 * Self.rounds(ranks) * message.latencySeconds
  }

  /// Seconds of an all-reduce over all ranks by Rabenseifner's algorithm.
  ///
  /// The algorithm is a reduce-scatter by recursive halving, then an all-gather by recursive
  /// doubling. On several nodes, the ranks of a node share its link.
  func allReduceSeconds(ranks: Int) -> Double {
    guard ranks > 1 else { return 0 }
    let share = Double(ranks - 1) / Double(ranks)
    let spansNodes = nodes(ranks) > 1
    let rate =
      spansNodes
      ? network.bytesPerSecond / Double(ranksOfNode(ranks)) : withinNode.bytesPerSecond
    return latencySeconds(ranks: ranks) + 2 * share * bytes / rate
      + share * bytes / sumBytesPerSecond
  }

  /// Seconds of exchange and update by the method `node`.
  ///
  /// They are the sum of two barriers, the sum of the rank's range over the ranks of the node,
  /// Rabenseifner's algorithm for that range between the nodes, and the update of that range.
  func nodeSeconds(ranks: Int) -> Double {
    let (local, nodes) = (ranksOfNode(ranks), nodes(ranks))
    var seconds = updateSeconds / Double(local)
    if local > 1 {
      seconds += 2 * Self.rounds(local) * withinNode.latencySeconds + bytes / sumBytesPerSecond
    }
    if nodes > 1 {
      let share = Double(nodes - 1) / Double(nodes)
      // Each rank of a node sends its part of the bytes over the shared link. Together the ranks
      // send all bytes.
      seconds +=
        2 * Self.rounds(nodes) * network.latencySeconds + 2 * share * bytes / network.bytesPerSecond
        + share * bytes / Double(local) / sumBytesPerSecond
    }
    return seconds
  }
}

extension GrowthModel {
  /// A table for 1 to 4,096 ranks: step times and efficiencies under strong and weak scaling.
  ///
  /// - Parameters:
  ///   - globalBatch: samples per step of strong scaling; its cells are empty for more ranks than
  ///     samples.
  ///   - localBatch: samples per step and rank of weak scaling.
  public func text(globalBatch: Int, localBatch: Int) -> String {
    let one = stepSeconds(ranks: 1, localBatch: Double(globalBatch)).allReduce
    let oneWeak = stepSeconds(ranks: 1, localBatch: Double(localBatch)).allReduce
    var rows: [[String]] = []
    for power in 0...12 {
      let ranks = 1 << power
      func cells(_ localBatch: Double, _ efficiency: (Double) -> Double) -> [String] {
        let step = stepSeconds(ranks: ranks, localBatch: localBatch)
        return [step.allReduce, step.overlap, step.node].flatMap {
          [NumberText.fixed(1000 * $0, 2), NumberText.fixed(efficiency($0), 2)]
        }
      }
      let strong =
        ranks <= globalBatch
        ? cells(Double(globalBatch) / Double(ranks)) { one / (Double(ranks) * $0) }
        : Array(repeating: "", count: 6)
      rows.append(["\(ranks)"] + strong + cells(Double(localBatch)) { oneWeak / $0 })
    }
    var titles: [TextLayout.Title] = [.init(name: "ranks")]
    for scaling in ["strong", "weak"] {
      for method in ["allreduce", "overlap", "node"] {
        titles.append(.init(name: "\(method)", unit: "\(scaling) ms"))
        titles.append(.init(name: "eff."))
      }
    }
    return TextLayout(titles: titles, rows: rows).plain()
  }
}
