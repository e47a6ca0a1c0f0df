/// The record of one run: its work, configuration, machine, timings and result.
///
/// The module's README.md defines every key with its unit and formula.
public struct RunRecord: Codable, Equatable, Sendable {
  /// The format that this program writes and reads.
  public static let currentFormat = 1

  public var format: Int
  public var program: String
  public var version: String
  public var work: Work
  /// SHA-256 of `work.canonicalJSON` in hexadecimal digits, computed by the caller.
  public var workHash: String
  public var config: Config
  public var run: Run
  public var machine: Machine
  public var ranks: [RankRecord]
  public var epochs: [EpochRecord]
  public var result: Result
  /// Absent in records of older programs.
  public var certificate: Certificate?
  /// Load by other programs, one entry per node; absent if it was not measured.
  public var loads: [NodeLoad]?
  /// The run's place in a scaling study; absent outside one.
  public var study: StudyMembership?
  /// A fault drill that was injected, such as `slow:rank1:1.5x`; the times are then no measurement.
  public var drill: String?
  /// The parts of a run that was resumed from checkpoints, in order; absent if it never was.
  ///
  /// Times of the whole run are sums over them. Those of ranks and steps are of the last part.
  public var parts: [RunPart]?
  /// The signal that stopped the run before its planned end; absent if none did.
  public var interruption: String?

  /// All fields at once.
  public init(
    format: Int = RunRecord.currentFormat, program: String, version: String, work: Work,
    workHash: String, config: Config, run: Run, machine: Machine, ranks: [RankRecord],
    epochs: [EpochRecord], result: Result, certificate: Certificate? = nil,
    loads: [NodeLoad]? = nil, study: StudyMembership? = nil, drill: String? = nil,
    parts: [RunPart]? = nil, interruption: String? = nil
  ) {
    self.format = format
    self.program = program
    self.version = version
    self.work = work
    self.workHash = workHash
    self.config = config
    self.run = run
    self.machine = machine
    self.ranks = ranks
    self.epochs = epochs
    self.result = result
    self.certificate = certificate
    self.loads = loads
    self.study = study
    self.drill = drill
    self.parts = parts
    self.interruption = interruption
  }
}
