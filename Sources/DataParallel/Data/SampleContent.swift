import Dataset
import Hashing
import NeuralNetwork

/// Hashes of the training samples in this rank's memory, for the certificate.
///
/// The hash of a sample is the first 64 bits of the SHA-256 of its pixels and its label. It is
/// computed when it is first needed.
final class SampleContent {
  private let samples: Samples
  private var hashes: [UInt64?]
  private let sum = SHA256()

  init(_ samples: Samples) {
    self.samples = samples
    hashes = Array(repeating: nil, count: samples.count)
  }

  /// Computes the hashes of all samples now.
  func prepare() { for sample in hashes.indices { _ = hash(of: sample) } }

  /// The hash of the samples of some batches of an epoch, and of their positions.
  ///
  /// It is a sum over the samples, modulo 2^64, so the hashes of several ranks, leaves or ranges are
  /// added.
  func orderHash(of range: Range<Int>, in batches: LocalBatches) -> UInt64 {
    let range = range.clamped(to: 0..<batches.count)
    return (batches.starts[range.lowerBound]..<batches.starts[range.upperBound]).reduce(0) {
      sum, index in
      sum
        &+ Self.mix(
          position: batches.positions[index], content: hash(of: Int(batches.indices[index])))
    }
  }

  private func hash(of sample: Int) -> UInt64 {
    if let known = hashes[sample] { return known }
    let size = samples.shape.count
    sum.update(
      UnsafeRawBufferPointer(
        rebasing: UnsafeRawBufferPointer(samples.images)[(sample * size)..<((sample + 1) * size)]))
    withUnsafeBytes(of: samples.labels[sample]) { sum.update($0) }
    let hash = sum.finishWord()
    hashes[sample] = hash
    return hash
  }

  /// Mixes both numbers with the finisher of SplitMix64 (Steele, Lea and Flood 2014).
  private static func mix(position: Int32, content: UInt64) -> UInt64 {
    var word = content ^ (UInt64(position) &+ 1) &* 0x9e37_79b9_7f4a_7c15
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}

/// A fault to inject: two neighbouring samples of rank 0 change places in one epoch.
///
/// It tests whether the certificate detects a changed order of samples.
public struct SampleSwap: Equatable, Sendable {
  /// From 1.
  public let epoch: Int
  /// Index of the first of the two in rank 0's list of samples of the epoch.
  ///
  /// It is taken modulo the length of the list minus one.
  public let place: Int

  /// A swap by its parts.
  public init(epoch: Int, place: Int) {
    self.epoch = epoch
    self.place = place
  }
}
