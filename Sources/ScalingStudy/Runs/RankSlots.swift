import Foundation

/// The ranks that the hosts of a study can run at once.
public struct RankSlots: Equatable, Sendable {
  /// Slots of all hosts; a rank takes one for each of its threads.
  public let count: Int
  /// Where the number comes from, such as `2 cores on this host`.
  public let text: String

  /// A number of slots and its source.
  public init(count: Int, text: String) {
    self.count = count
    self.text = text
  }

  /// Whether each thread of each rank gets a slot.
  public func fits(ranks: Int, threads: Int) -> Bool { ranks * threads <= count }

  /// The slots of a host file: `slots=N` of each host (Open MPI) or `host:N` (Hydra), or 1.
  ///
  /// - Throws: `StudyError` if the file cannot be read or names no host.
  public static func read(hostfile path: String) throws(StudyError) -> RankSlots {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw StudyError("--hostfile \(path): cannot be read; expected a host file")
    }
    let lines = text.split(whereSeparator: \.isNewline)
      .map { $0.prefix { $0 != "#" } }
      .map { $0.split(whereSeparator: \.isWhitespace) }
      .filter { !$0.isEmpty }
    guard !lines.isEmpty else {
      throw StudyError("--hostfile \(path): names no host; expected lines such as node1 slots=2")
    }
    let slots = lines.map { words in
      let named = words.lazy.compactMap { $0.hasPrefix("slots=") ? Int($0.dropFirst(6)) : nil }
      let host = words[0].split(separator: ":")
      return named.first ?? (host.count == 2 ? Int(host[1]) : nil) ?? 1
    }
    let count = slots.reduce(0, +)
    return RankSlots(count: count, text: "\(count) slots in \(path)")
  }

  /// The processors of a SLURM allocation by its environment variables; nil outside one.
  public static func allocation(_ environment: [String: String]) -> RankSlots? {
    guard environment["SLURM_JOB_ID"] != nil,
      let perNode = environment["SLURM_JOB_CPUS_PER_NODE"]
    else { return nil }
    // Such as `2(x3),1`: three nodes with two processors and one with one.
    let counts = perNode.split(separator: ",").compactMap { part -> Int? in
      let numbers = part.split { !$0.isNumber }.compactMap { Int($0) }
      guard let first = numbers.first else { return nil }
      return first * (numbers.count > 1 ? numbers[1] : 1)
    }
    let count = counts.reduce(0, +)
    return count > 0
      ? RankSlots(count: count, text: "\(count) processors in this SLURM allocation") : nil
  }
}
