/// Sums of pixels, from which the normalisation follows; filled piece by piece.
struct PixelSums {
  private let channels: Int
  private var count = 0
  /// For each channel.
  private var sums: [Int]
  private var squares: [Int]

  /// No pixels, of images with these channels.
  init(channels: Int) {
    self.channels = channels
    sums = Array(repeating: 0, count: channels)
    squares = sums
  }

  /// Adds whole pixels.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    count += bytes.count / channels
    for channel in 0..<channels { add(channel, bytes) }
  }

  private mutating func add(_ channel: Int, _ bytes: UnsafeRawBufferPointer) {
    // In blocks of 2^16 pixels, 32-bit sums of the squares cannot overflow. The compiler vectorises
    // 32-bit sums, but neither 64-bit sums nor a histogram. This code runs at every start.
    let block = channels << 16
    for start in stride(from: 0, to: bytes.count, by: block) {
      var (blockSum, blockSquares): (UInt32, UInt32) = (0, 0)
      let end = min(start + block, bytes.count)
      if channels == 1 {
        for index in start..<end {
          let value = UInt32(bytes[index])
          blockSum &+= value
          blockSquares &+= value &* value
        }
      } else {
        for index in stride(from: start + channel, to: end, by: channels) {
          let value = UInt32(bytes[index])
          blockSum &+= value
          blockSquares &+= value &* value
        }
      }
      sums[channel] += Int(blockSum)
      squares[channel] += Int(blockSquares)
    }
  }

  /// The normalisation of each channel; nil where all pixels of every channel are equal.
  ///
  /// A channel without differences, such as an opaque alpha, has the deviation 1: its inputs are 0.
  var normalisations: [Normalisation]? {
    let values = zip(sums, squares).map { sum, square -> Normalisation? in
      // All pixels are equal exactly where the square of the sum is the sum of the squares times the count.
      guard sum.multipliedFullWidth(by: sum) != square.multipliedFullWidth(by: count) else {
        return nil
      }
      let meanByte = Double(sum) / Double(count)
      let variance = Double(square) / Double(count) - meanByte * meanByte
      return Normalisation(mean: meanByte / 255, deviation: variance.squareRoot() / 255)
    }
    guard values.contains(where: { $0 != nil }) else { return nil }
    return zip(values, sums).map { value, sum in
      value ?? Normalisation(mean: Double(sum) / Double(count) / 255, deviation: 1)
    }
  }
}
