import Foundation
import HostInspection
import MessagePassing

/// How busy others keep the cores of this rank's node while all ranks sleep.
struct LoadProbe {
  private let communicator: Communicator
  private let place: RankPlace
  private let node: Communicator

  private static let microseconds: UInt32 = 500_000

  /// Called by all ranks.
  init(_ communicator: Communicator, _ place: RankPlace) throws {
    self.communicator = communicator
    self.place = place
    node = try communicator.splitByNode()
  }

  /// The load on the first rank of each node; nil on others, and where the system does not say.
  ///
  /// Called by all ranks.
  func measure() throws -> LoadReport? {
    let cores = try place.coresOfNode(node)
    let own = Set(try node.allGather(Int(getpid()))).union([Int(getppid())])
    try communicator.sleepUntilAllArrive()
    let before = HostFacts.cpuSeconds()
    let samples = place.isFirstOfNode ? sample(cores) : nil
    try communicator.sleepUntilAllArrive()
    let ownSeconds = try node.allReduce(HostFacts.cpuSeconds() - before, .sum)
    guard let samples,
      var load = samples.first.load(until: samples.last, ownSeconds: ownSeconds, own: own)
    else { return nil }
    let programs = load.programs
    load.programs = programs.map {
      BusyProgram(
        process: $0.process, command: HostFacts.command(of: $0.process), coreShare: $0.coreShare)
    }
    return load
  }

  /// Two samples of the cores, half a second apart, and of all processes around them.
  private func sample(_ cores: [Int]) -> (first: LoadSample, last: LoadSample)? {
    let processes = HostFacts.processTimes()
    guard var first = LoadSample.take(cores: cores) else { return nil }
    usleep(Self.microseconds)
    guard var last = LoadSample.take(cores: cores) else { return nil }
    first.processes = processes
    last.processes = HostFacts.processTimes()
    return (first, last)
  }
}
