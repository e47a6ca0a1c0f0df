import Foundation
import HostInspection
import MessagePassing

/// Measures how much other programs use the cores of each node while all ranks sleep.
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

  /// The load of each node, on its first rank; nil on other ranks, and if it is not reported.
  ///
  /// Called by all ranks.
  func measure() throws -> LoadReport? {
    let cores = try place.coresOfNode(node)
    let ownProcesses = Set(try node.allGather(Int(getpid()))).union([Int(getppid())])
    try communicator.sleepUntilAllArrive()
    let before = HostFacts.cpuSeconds()
    let samples = place.isFirstOfNode ? sample(cores) : nil
    try communicator.sleepUntilAllArrive()
    let ownSeconds = try node.allReduce(HostFacts.cpuSeconds() - before, .sum)
    guard let samples,
      var load = samples.first.load(until: samples.last, ownSeconds: ownSeconds, own: ownProcesses)
    else { return nil }
    let programs = load.programs
    load.programs = programs.map {
      BusyProgram(
        process: $0.process, command: HostFacts.command(of: $0.process), coreShare: $0.coreShare)
    }
    return load
  }

  /// Samples the cores twice, half a second apart, and all processes before and after that.
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
