/// The load of a node's cores by other programs over an interval.
public struct LoadReport: Codable, Equatable, Sendable {
  /// The length of the interval.
  public var seconds: Double
  /// The cores that the node's ranks may use.
  public var cores: [Int]
  /// The share of these cores' time that other programs used or the hypervisor took.
  public var othersShare: Double
  /// The part of `othersShare` that the hypervisor took.
  public var stolenShare: Double
  /// The visible programs that used most of it, the busiest first.
  public var programs: [BusyProgram]

  /// All fields at once.
  public init(
    seconds: Double, cores: [Int], othersShare: Double, stolenShare: Double,
    programs: [BusyProgram] = []
  ) {
    self.seconds = seconds
    self.cores = cores
    self.othersShare = othersShare
    self.stolenShare = stolenShare
    self.programs = programs
  }
}

/// A program that uses processor time and does not belong to the run.
public struct BusyProgram: Codable, Equatable, Sendable {
  /// The process id.
  public var process: Int
  /// Its command line; empty for a part of the system, such as a kernel thread.
  public var command: String
  /// Its processor time divided by the length of the interval: 1 for one busy core.
  public var coreShare: Double

  /// All fields at once.
  public init(process: Int, command: String, coreShare: Double) {
    self.process = process
    self.command = command
    self.coreShare = coreShare
  }
}
