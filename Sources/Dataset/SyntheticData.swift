import CounterRandom

/// Data in the shape of MNIST, generated from the seed: ten random patterns with noise.
///
/// Sample `i` has class `i mod 10`. Each class has one pattern, in which each pixel is lit with
/// probability 1/4 (draws of `synthetic/class/C`). Each byte of an image is noise in 0...127, plus
/// 128 where the pattern is lit and the noise is odd, so half of the lit pixels are shown. The
/// noise bytes are the little-endian bytes of the draws of `synthetic/training` and
/// `synthetic/test`, image after image.
enum SyntheticData {
  static let side = 28
  static let trainingCount = 60_000
  static let testCount = 10_000

  static func make(seed: UInt64, limit: Int?) throws -> TrainingData {
    let count = min(trainingCount, max(limit ?? trainingCount, 10))
    return try TrainingData(
      training: images(seed: seed, part: "training", count: count),
      test: images(seed: seed, part: "test", count: testCount), limit: limit, name: "synthetic",
      isSynthetic: true, testImagesPath: "synthetic", testLabelsPath: "synthetic")
  }

  private static func images(seed: UInt64, part: String, count: Int) -> LabelledImages {
    let size = side * side
    let patterns = (0..<10).map { label in
      let stream = RandomStream(seed: seed, name: "synthetic/class/\(label)")
      return (0..<size).map { stream.integer($0, below: 4) == 0 }
    }
    let stream = RandomStream(seed: seed, name: "synthetic/\(part)")
    var bytes = [UInt8](repeating: 0, count: count * size)
    // 784 bytes are 49 blocks of 16, so no block spans two images.
    bytes.withUnsafeMutableBytes { bytes in
      for block in 0..<(count * size / 16) {
        var words = stream.block(UInt64(block))
        for lane in 0..<4 { words[lane] = words[lane].littleEndian }
        bytes.storeBytes(of: words, toByteOffset: 16 * block, as: SIMD4<UInt32>.self)
      }
      for image in 0..<count {
        let pattern = patterns[image % 10]
        for pixel in 0..<size {
          let noise = bytes[image * size + pixel] & 127
          bytes[image * size + pixel] = pattern[pixel] && noise & 1 == 1 ? noise | 128 : noise
        }
      }
    }
    return LabelledImages(
      height: side, width: side, images: bytes, labels: (0..<count).map { UInt8($0 % 10) })
  }
}
