import CounterRandom

/// Data in the shape of MNIST, generated from the seed: ten random patterns with noise.
///
/// Sample `i` has class `i mod 10`. Each class has one pattern, in which each byte is lit with
/// probability 1/4 (draws of `synthetic/class/C`). Each byte of an image is noise in 0...127, plus
/// 128 where the pattern is lit and the noise is odd, so half of the lit pixels are shown. The
/// noise bytes are the little-endian bytes of the draws of `synthetic/training` and
/// `synthetic/test`, image after image.
final class SyntheticImages: ImageReader {
  static let side = 28
  static let trainingCount = 60_000
  static let testCount = 10_000

  let count: Int
  let shape: ImageShape
  let path = "synthetic"
  private let patterns: [[Bool]]
  private let stream: RandomStream
  private var next = 0

  /// The images of `training` or `test`.
  init(seed: UInt64, part: String, count: Int, channels: Int) {
    self.count = count
    let shape = ImageShape(height: Self.side, width: Self.side, channels: channels)
    self.shape = shape
    patterns = (0..<10).map { label in
      let stream = RandomStream(seed: seed, name: "synthetic/class/\(label)")
      return (0..<shape.size).map { stream.integer($0, below: 4) == 0 }
    }
    stream = RandomStream(seed: seed, name: "synthetic/\(part)")
  }

  /// The labels of all images.
  var labels: StoredLabels { StoredLabels(path: path, values: (0..<count).map { $0 % 10 }) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    let size = shape.size
    // 784 bytes are 49 blocks of 16, so no block spans two images, of any number of channels.
    let blocks = size / 16
    for block in 0..<(buffer.count / 16) {
      var words = stream.block(UInt64(next * blocks + block))
      for lane in 0..<4 { words[lane] = words[lane].littleEndian }
      buffer.storeBytes(of: words, toByteOffset: 16 * block, as: SIMD4<UInt32>.self)
    }
    for image in 0..<(buffer.count / size) {
      let pattern = patterns[(next + image) % 10]
      for pixel in 0..<size {
        let noise = buffer[image * size + pixel] & 127
        buffer[image * size + pixel] = pattern[pixel] && noise & 1 == 1 ? noise | 128 : noise
      }
    }
    next += buffer.count / size
  }

  func finish() {}
}
