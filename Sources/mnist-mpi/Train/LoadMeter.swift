import HostInspection
import MessagePassing
import RunRecords

/// Measures, while a run trains, how much of the time of each node's cores goes to others.
///
/// Made by all ranks just before, asked by all just after.
struct LoadMeter {
  private let communicator: Communicator
  private let place: RankPlace
  private let node: Communicator
  /// The node's cores when the run began; nil on all ranks but the node's first.
  private let start: LoadSample?
  private let cpuSecondsBefore: Double

  /// The system counts in hundredths of a second: what is shorter than this is not measured.
  private static let shortest = 0.5

  /// Begins to measure.
  init(_ communicator: Communicator, _ place: RankPlace) throws {
    self.communicator = communicator
    self.place = place
    node = try communicator.splitByNode()
    let cores = try place.coresOfNode(node)
    start = place.isFirstOfNode ? LoadSample.take(cores: cores) : nil
    cpuSecondsBefore = HostFacts.cpuSeconds()
  }

  /// The load of every node that could be measured, on rank 0; nil elsewhere, and where none could.
  func finish() throws -> [NodeLoad]? {
    // Before the ranks wait for each other, which takes time of the cores too.
    let end = start.flatMap { LoadSample.take(cores: $0.cores) }
    let own = try node.allReduce(HostFacts.cpuSeconds() - cpuSecondsBefore, .sum)
    let load = end.flatMap { start?.load(until: $0, ownSeconds: own) }
    let share = load.flatMap { $0.seconds >= Self.shortest ? [$0.othersShare] : nil } ?? []
    let shares = try communicator.gather(place.isFirstOfNode ? [Double(place.node)] + share : [])
    let loads = shares?.filter { $0.count == 2 }.map { values in
      let node = Int(values[0])
      return NodeLoad(node: node, host: place.hosts[node], othersShare: values[1])
    }
    return loads?.isEmpty == true ? nil : loads
  }
}
