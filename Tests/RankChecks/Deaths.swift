import Foundation
import MessagePassing

/// Scenarios that end with a failure; `DeathTests` and `LauncherTests` check how.
enum Deaths {
  struct SimulatedError: Error, CustomStringConvertible {
    let description: String
  }

  /// One rank throws while the others wait for it in a collective.
  static func lastRankThrows(_ world: Communicator, _ findings: inout Findings) throws {
    print("before the error")
    if world.rank == world.size - 1 {
      throw SimulatedError(description: "the disk\nis full")
    }
    try world.barrier()
    try world.barrier()
  }

  /// An MPI error that is not caught.
  static func mpiError(_ world: Communicator, _ findings: inout Findings) throws {
    if world.isRoot { try world.send([1], to: world.size) }
    try world.barrier()
  }

  /// A check that fails on the last rank alone.
  static func ranksDisagree(_ world: Communicator, _ findings: inout Findings) throws {
    findings.expect(world.rank < world.size - 1, "this rank is the last one")
  }

  /// All ranks wait for a message that no rank sends.
  static func hang(_ world: Communicator, _ findings: inout Findings) throws {
    _ = try world.receive(Int.self, count: 1, from: world.rank)
  }

  /// Rank 0 writes more output than the buffer of a pipe holds.
  static func talk(_ world: Communicator, _ findings: inout Findings) throws {
    guard world.isRoot else { return }
    let line = String(repeating: "x", count: 1023)
    for _ in 0..<2048 {
      print(line)
      StandardError.writeLine(line)
    }
  }
}
