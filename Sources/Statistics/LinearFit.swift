/// Hockney's model of a message: a latency and a bandwidth.
///
/// `seconds = latency + bytes / bandwidth`; Hockney, "The communication challenge for MPP: Intel
/// Paragon and Meiko CS-2", 1994.
public struct LinearFit: Codable, Equatable, Sendable {
  public var latencySeconds: Double
  public var bytesPerSecond: Double
  /// Largest relative distance of a measured time from the line.
  public var largestError: Double

  /// A model by its two numbers.
  public init(latencySeconds: Double, bytesPerSecond: Double, largestError: Double = 0) {
    self.latencySeconds = latencySeconds
    self.bytesPerSecond = bytesPerSecond
    self.largestError = largestError
  }

  /// Fits the line whose relative errors have the least sum of squares, so that microseconds count
  /// as much as milliseconds; nil for fewer than two sizes or times that do not grow.
  public init?(bytes: [Double], seconds: [Double]) {
    guard bytes.count == seconds.count, Set(bytes).count > 1, seconds.allSatisfy({ $0 > 0 }) else {
      return nil
    }
    // Weights of 1/t^2 make the squares those of relative errors.
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

  /// What the model says.
  public func seconds(bytes: Double) -> Double { latencySeconds + bytes / bytesPerSecond }
}
