import RunRecords
import ScalingComparison

/// One run of an analysis: its record, and whether it counts.
public struct StudyRun: Sendable {
  /// Whether the times of a run are a measurement.
  public enum Validity: String, Codable, Sendable {
    case measurement
    /// Other programs used too much of a node's cores.
    case disturbed
    /// A fault was injected on purpose.
    case drill
    /// More threads than cores, a shared GPU, or replicas that differ.
    case invalid
  }

  public let file: String
  public let record: RunRecord
  public let validity: Validity
  /// Why it is not a measurement, one string per reason.
  public let reasons: [String]
  /// Why its row does not use it, such as another run of the same block; nil if the row uses it.
  public let exclusion: String?

  /// Whether other programs disturbed the run.
  public var isDisturbed: Bool { MeasurementValidity.isDisturbedByOthers(record) }

  /// The largest share of a node's core time that other programs used; nil if it was not measured.
  public var othersShare: Double? { MeasurementValidity.othersShare(of: record) }

  init(_ run: RunFacts, file: String, exclusion: String?) {
    self.file = file
    record = run.record
    reasons = run.faults + (run.isDisturbed ? MeasurementValidity.othersTexts(of: record) : [])
    self.exclusion = exclusion
    if record.drill != nil {
      validity = .drill
    } else if !run.faults.isEmpty {
      validity = .invalid
    } else {
      validity = run.isDisturbed ? .disturbed : .measurement
    }
  }
}
