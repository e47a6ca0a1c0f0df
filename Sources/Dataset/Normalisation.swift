/// Mean and deviation by which pixels become inputs: `(byte / 255 - mean) / deviation`.
public struct Normalisation: Equatable, Sendable {
  /// Mean of `byte / 255`.
  public let mean: Double
  /// Population standard deviation of `byte / 255`.
  public let deviation: Double

  /// A normalisation by given figures.
  public init(mean: Double, deviation: Double) {
    self.mean = mean
    self.deviation = deviation
  }

  /// Worked out of exact integer sums over all bytes; nil where all bytes are equal.
  ///
  /// For the 60,000 training images of MNIST: 0.130660 and 0.308108.
  public init?(of bytes: [UInt8]) {
    var histogram = [Int](repeating: 0, count: 256)
    for byte in bytes { histogram[Int(byte)] += 1 }
    var sum = 0
    var squares = 0
    for value in 0..<256 {
      sum += histogram[value] * value
      squares += histogram[value] * value * value
    }
    let count = Double(bytes.count)
    let meanByte = Double(sum) / count
    let variance = Double(squares) / count - meanByte * meanByte
    guard histogram.filter({ $0 > 0 }).count > 1 else { return nil }
    mean = meanByte / 255
    deviation = variance.squareRoot() / 255
  }
}
