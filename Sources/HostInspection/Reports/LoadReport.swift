/// What others did on a node's cores for a while.
public struct LoadReport: Codable, Equatable, Sendable {
  /// How long it was measured.
  public var seconds: Double
  /// The cores that the node's ranks may use.
  public var cores: [Int]
  /// Time of these cores that went to other programs or was stolen, over all their time.
  public var othersShare: Double
  /// The part of it that the hypervisor took.
  public var stolenShare: Double
  /// The programs that took most, the busiest first; without those that cannot be seen.
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

/// A program that takes processor time beside the run.
public struct BusyProgram: Codable, Equatable, Sendable {
  public var process: Int
  /// What it was started as; empty for a part of the system.
  public var command: String
  /// Its processor time over the time that passed: 1 for one busy core.
  public var coreShare: Double

  /// All fields at once.
  public init(process: Int, command: String, coreShare: Double) {
    self.process = process
    self.command = command
    self.coreShare = coreShare
  }
}
