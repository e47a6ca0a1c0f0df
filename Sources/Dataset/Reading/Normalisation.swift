/// Mean and standard deviation that normalise pixels: `(byte / 255 - mean) / deviation`.
public struct Normalisation: Codable, Equatable, Sendable {
  /// Mean of `byte / 255`.
  public let mean: Double
  /// Population standard deviation of `byte / 255`.
  public let deviation: Double

  /// Makes a normalisation from known values.
  public init(mean: Double, deviation: Double) {
    self.mean = mean
    self.deviation = deviation
  }

  /// Computes the normalisation of `bytes` from exact integer sums; nil where all bytes are equal.
  ///
  /// The 60,000 training images of MNIST result in 0.130660 and 0.308108.
  public init?(of bytes: [UInt8]) {
    var sums = PixelSums(channels: 1)
    bytes.withUnsafeBytes { sums.add($0) }
    guard let value = sums.normalisations?.first else { return nil }
    self = value
  }
}
