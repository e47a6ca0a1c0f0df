import Statistics
import TextTables

/// What a step takes on many ranks, by formulas from a few measured numbers.
///
/// GROWTH.md derives them.
public struct GrowthModel: Equatable, Sendable {
  /// A message between nodes.
  public var network: LinearFit
  /// A message between ranks of a node.
  public var withinNode: LinearFit
  public var ranksPerNode: Int
  /// What one rank reads and adds of other ranks' gradients, in bytes a second.
  public var sumBytesPerSecond: Double
  /// Bytes of gradients.
  public var bytes: Double
  /// Load, forward and backward of one sample, and what a step takes besides.
  public var secondsPerSample: Double
  public var secondsPerStep: Double
  /// The whole update by one rank.
  public var updateSeconds: Double
  /// The part of the computation in which gradients that are final can travel already.
  public var overlappedShare: Double

  /// A model by its numbers.
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

  /// Seconds of a step of `ranks` ranks, by way of exchange.
  public func stepSeconds(ranks: Int, localBatch: Double) -> (
    allReduce: Double, overlap: Double, node: Double
  ) {
    let compute = secondsPerStep + localBatch * secondsPerSample
    let plain = allReduceSeconds(ranks: ranks)
    // The last bucket waits for the first layer: what it takes is never hidden.
    let exposed = max(latencySeconds(ranks: ranks), plain - overlappedShare * compute)
    return (
      compute + plain + updateSeconds, compute + min(plain, exposed) + updateSeconds,
      compute + nodeSeconds(ranks: ranks)
    )
  }

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

  /// Reduce-scatter by halving and all-gather by doubling (Rabenseifner), over all ranks alike: the
  /// ranks of a node share its link.
  func allReduceSeconds(ranks: Int) -> Double {
    guard ranks > 1 else { return 0 }
    let share = Double(ranks - 1) / Double(ranks)
    let isWide = nodes(ranks) > 1
    let rate =
      isWide
      ? network.bytesPerSecond / Double(ranksOfNode(ranks)) : withinNode.bytesPerSecond
    return latencySeconds(ranks: ranks) + 2 * share * bytes / rate
      + share * bytes / sumBytesPerSecond
  }

  /// Two barriers, the sum of the own range over the node, Rabenseifner's way for it between the
  /// nodes, the update of the own range.
  func nodeSeconds(ranks: Int) -> Double {
    let (local, nodes) = (ranksOfNode(ranks), nodes(ranks))
    var seconds = updateSeconds / Double(local)
    if local > 1 {
      seconds += 2 * Self.rounds(local) * withinNode.latencySeconds + bytes / sumBytesPerSecond
    }
    if nodes > 1 {
      let share = Double(nodes - 1) / Double(nodes)
      // Each rank of a node brings a part of the bytes over the shared link: all of them together.
      seconds +=
        2 * Self.rounds(nodes) * network.latencySeconds + 2 * share * bytes / network.bytesPerSecond
        + share * bytes / Double(local) / sumBytesPerSecond
    }
    return seconds
  }
}

extension GrowthModel {
  /// Rows for 1 to 4,096 ranks: step times and efficiencies under strong and weak scaling.
  ///
  /// - Parameters:
  ///   - globalBatch: strong scaling; more ranks than samples are left out.
  ///   - localBatch: weak scaling.
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
      for way in ["allreduce", "overlap", "node"] {
        titles.append(.init(name: "\(way)", unit: "\(scaling) ms"))
        titles.append(.init(name: "eff."))
      }
    }
    return TextLayout(titles: titles, rows: rows).plain()
  }
}
