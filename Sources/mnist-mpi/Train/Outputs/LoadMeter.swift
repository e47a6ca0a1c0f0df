import HostInspection
import MessagePassing
import RunRecords

/// Measures the share of each node's core time that other programs use during the training.
///
/// All ranks create it just before the training and call `finish` just after it.
struct LoadMeter {
  private let communicator: Communicator
  private let place: RankPlace
  private let node: Communicator
  /// A sample of the node's cores before the training; nil on all ranks but the node's first.
  private let start: LoadSample?
  private let cpuSecondsBefore: Double

  /// The shortest training that is measured: the system counts in hundredths of a second.
  private static let minSeconds = 0.5

  /// Starts the measurement.
  init(_ communicator: Communicator, _ place: RankPlace) throws {
    self.communicator = communicator
    self.place = place
    node = try communicator.splitByNode()
    let cores = try place.coresOfNode(node)
    start = place.isFirstOfNode ? LoadSample.take(cores: cores) : nil
    cpuSecondsBefore = HostFacts.cpuSeconds()
  }

  /// The load of every node that could be measured, on rank 0; nil on other ranks or if none could.
  func finish() throws -> [NodeLoad]? {
    // This sample precedes the collectives, because waiting in them uses the cores too.
    let end = start.flatMap { LoadSample.take(cores: $0.cores) }
    let ownSeconds = try node.allReduce(HostFacts.cpuSeconds() - cpuSecondsBefore, .sum)
    let load = end.flatMap { start?.load(until: $0, ownSeconds: ownSeconds) }
    let share = load.flatMap { $0.seconds >= Self.minSeconds ? [$0.othersShare] : nil } ?? []
    let shares = try communicator.gather(place.isFirstOfNode ? [Double(place.node)] + share : [])
    let loads = shares?.filter { $0.count == 2 }.map { values in
      let node = Int(values[0])
      return NodeLoad(node: node, host: place.hosts[node], othersShare: values[1])
    }
    return loads?.isEmpty == true ? nil : loads
  }
}
