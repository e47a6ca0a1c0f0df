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
    guard let first = bytes.first, bytes.contains(where: { $0 != first }) else { return nil }
    var sum = 0
    var squares = 0
    bytes.withUnsafeBufferPointer { bytes in
      // So many bytes at a time that 32-bit sums of their squares cannot overflow: such sums become
      // vector code, 64-bit ones or a histogram do not, and this is part of every start.
      for start in stride(from: 0, to: bytes.count, by: 1 << 16) {
        var (blockSum, blockSquares): (UInt32, UInt32) = (0, 0)
        for place in start..<min(start + 1 << 16, bytes.count) {
          let value = UInt32(bytes[place])
          blockSum &+= value
          blockSquares &+= value &* value
        }
        sum += Int(blockSum)
        squares += Int(blockSquares)
      }
    }
    let count = Double(bytes.count)
    let meanByte = Double(sum) / count
    let variance = Double(squares) / count - meanByte * meanByte
    mean = meanByte / 255
    deviation = variance.squareRoot() / 255
  }
}
