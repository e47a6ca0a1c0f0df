/// Seconds of a step on one rank, by the number of its samples: what a projection takes as measured.
public struct ComputeTimes: Codable, Equatable, Sendable {
  /// The computation of a step at one local batch.
  public struct Point: Codable, Equatable, Sendable {
    public let localBatch: Int
    /// Load, forward and backward.
    public let seconds: Double
    /// The number of records behind it.
    public let records: Int

    /// All fields at once.
    public init(localBatch: Int, seconds: Double, records: Int) {
      self.localBatch = localBatch
      self.seconds = seconds
      self.records = records
    }
  }

  /// By local batch, ascending; at least one.
  public let points: [Point]
  /// The update of all parameters by one rank, which does not depend on the batch.
  public let updateSeconds: Double

  /// - Parameter points: at least one, each of another local batch.
  public init(points: [Point], updateSeconds: Double) {
    precondition(!points.isEmpty, "compute times need a measured local batch")
    self.points = points.sorted { $0.localBatch < $1.localBatch }
    self.updateSeconds = updateSeconds
  }

  /// The smallest and the largest measured local batch.
  public var measured: ClosedRange<Int> {
    let batches = points.map(\.localBatch)
    return (batches.first ?? 1)...(batches.last ?? 1)
  }

  /// Load, forward and backward of a local batch.
  ///
  /// Between measured batches the line between both neighbours; outside them the line through the
  /// two nearest, which makes the value an extrapolation. A single measured batch is taken as
  /// proportional to its samples.
  public func seconds(of localBatch: Int) -> Double {
    let above = points.firstIndex { $0.localBatch >= localBatch } ?? points.count - 1
    let high = min(max(above, 1), points.count - 1)
    let (last, batch) = (points[high], Double(localBatch))
    guard high > 0 else { return last.seconds * batch / Double(last.localBatch) }
    let first = points[high - 1]
    let slope = (last.seconds - first.seconds) / Double(last.localBatch - first.localBatch)
    let line = first.seconds + slope * (batch - Double(first.localBatch))
    // Below the smallest batch noise may lead the line to zero; no step is quicker than its samples.
    guard localBatch < first.localBatch else { return line }
    return max(line, first.seconds * batch / Double(first.localBatch))
  }

  /// Whether a local batch is outside the measured ones.
  public func isExtrapolated(_ localBatch: Int) -> Bool { !measured.contains(localBatch) }
}
