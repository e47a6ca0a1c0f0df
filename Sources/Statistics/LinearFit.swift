/// Hockney's model of the time of a message: a latency and a bandwidth.
///
/// `seconds = latency + bytes / bandwidth`; Hockney, "The communication challenge for MPP: Intel
/// Paragon and Meiko CS-2", 1994.
public struct LinearFit: Codable, Equatable, Sendable {
  public var latencySeconds: Double
  public var bytesPerSecond: Double
  /// The largest relative error of the model over the measured times.
  public var largestError: Double

  /// A model with a known latency and bandwidth.
  public init(latencySeconds: Double, bytesPerSecond: Double, largestError: Double = 0) {
    self.latencySeconds = latencySeconds
    self.bytesPerSecond = bytesPerSecond
    self.largestError = largestError
  }

  /// Fits a line to measured times by least squares of the relative errors.
  ///
  /// Because the errors are relative, a time of microseconds has as much weight as a time of
  /// milliseconds. Nil for fewer than two different sizes, for arrays of different lengths, for a
  /// time that is not positive, and for times that do not grow with the size.
  public init?(bytes: [Double], seconds: [Double]) {
    guard bytes.count == seconds.count, Set(bytes).count > 1, seconds.allSatisfy({ $0 > 0 }) else {
      return nil
    }
    // A weight of 1/t^2 turns the square of an error into the square of the relative error.
    var (w, wx, wxx, wy, wxy) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for (x, y) in zip(bytes, seconds) {
      let weight = 1 / (y * y)
      w += weight
      wx += weight * x
      wxx += weight * x * x
      wy += weight * y
      wxy += weight * x * y
    }
    let slope = (w * wxy - wx * wy) / (w * wxx - wx * wx)
    guard slope > 0, slope.isFinite else { return nil }
    latencySeconds = max(0, (wy - slope * wx) / w)
    bytesPerSecond = 1 / slope
    largestError = 0
    largestError =
      zip(bytes, seconds).map { abs(self.seconds(bytes: $0) / $1 - 1) }.max() ?? 0
  }

  /// The time that the model gives for a message of `bytes` bytes.
  public func seconds(bytes: Double) -> Double { latencySeconds + bytes / bytesPerSecond }
}
