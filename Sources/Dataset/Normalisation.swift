/// Mean and standard deviation that normalise pixels: `(byte / 255 - mean) / deviation`.
public struct Normalisation: Equatable, Sendable {
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
    guard let first = bytes.first, bytes.contains(where: { $0 != first }) else { return nil }
    var sum = 0
    var squares = 0
    bytes.withUnsafeBufferPointer { bytes in
      // In blocks of 2^16 bytes, 32-bit sums of the squares cannot overflow. The compiler
      // vectorises 32-bit sums, but neither 64-bit sums nor a histogram. This code runs at every
      // start.
      for start in stride(from: 0, to: bytes.count, by: 1 << 16) {
        var (blockSum, blockSquares): (UInt32, UInt32) = (0, 0)
        for index in start..<min(start + 1 << 16, bytes.count) {
          let value = UInt32(bytes[index])
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
