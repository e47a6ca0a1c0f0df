/// Seconds that one rank spent in each phase of a run.
public struct PhaseSeconds: Codable, Equatable, Sendable {
  public var load = 0.0
  public var forward = 0.0
  public var backward = 0.0
  public var allReduceWait = 0.0
  public var allReduceTransfer = 0.0
  public var update = 0.0
  public var evaluate = 0.0

  /// Zero seconds in every phase.
  public init() {}

  /// The seconds of one phase.
  public subscript(phase: Phase) -> Double {
    get { self[keyPath: Self.path(of: phase)] }
    set { self[keyPath: Self.path(of: phase)] = newValue }
  }

  /// Load, forward, backward and update: the phases without communication.
  public var compute: Double { load + forward + backward + update }

  /// Waiting and transfer of the all-reduce.
  public var communication: Double { allReduceWait + allReduceTransfer }

  /// All phases but the evaluation.
  public var training: Double { compute + communication }

  /// Adds the seconds of another measurement, phase by phase.
  public static func += (sum: inout PhaseSeconds, other: PhaseSeconds) {
    sum.load += other.load
    sum.forward += other.forward
    sum.backward += other.backward
    sum.allReduceWait += other.allReduceWait
    sum.allReduceTransfer += other.allReduceTransfer
    sum.update += other.update
    sum.evaluate += other.evaluate
  }

  private static func path(of phase: Phase) -> WritableKeyPath<PhaseSeconds, Double> {
    switch phase {
    case .load: \.load
    case .forward: \.forward
    case .backward: \.backward
    case .allReduceWait: \.allReduceWait
    case .allReduceTransfer: \.allReduceTransfer
    case .update: \.update
    case .evaluate: \.evaluate
    }
  }
}
