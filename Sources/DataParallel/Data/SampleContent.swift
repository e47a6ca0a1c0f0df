import Dataset
import Hashing
import NeuralNetwork

/// Hashes of what lies in this rank's memory as training samples, for the certificate.
///
/// A sample's hash is the first 64 bits of the SHA-256 of its pixels and its label, made when it is
/// first asked for.
final class SampleContent {
  private let samples: Samples
  private var hashes: [UInt64?]

  init(_ samples: Samples) {
    self.samples = samples
    hashes = Array(repeating: nil, count: samples.count)
  }

  /// A hash of which sample was trained at which position, over the first batches of an epoch.
  ///
  /// A sum modulo 2^64 over the samples: the parts of several ranks, or leaves, are added.
  func orderHash(of batches: LocalBatches, first count: Int) -> UInt64 {
    (0..<batches.starts[min(count, batches.count)]).reduce(0) { sum, place in
      sum
        &+ Self.mix(
          position: batches.positions[place], content: hash(of: Int(batches.indices[place])))
    }
  }

  private func hash(of sample: Int) -> UInt64 {
    if let known = hashes[sample] { return known }
    let size = samples.height * samples.width
    let sum = SHA256()
    sum.update(
      UnsafeRawBufferPointer(
        rebasing: UnsafeRawBufferPointer(samples.images)[(sample * size)..<((sample + 1) * size)]))
    withUnsafeBytes(of: samples.labels[sample]) { sum.update($0) }
    let hash = UInt64(sum.finish().prefix(16), radix: 16) ?? 0
    hashes[sample] = hash
    return hash
  }

  /// The finisher of SplitMix64 (Steele, Lea and Flood 2014) over both numbers.
  private static func mix(position: Int32, content: UInt64) -> UInt64 {
    var word = content ^ (UInt64(position) &+ 1) &* 0x9e37_79b9_7f4a_7c15
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}

/// Two neighbouring samples of rank 0's part of an epoch that are exchanged: a drill for the
/// certificate.
public struct SampleSwap: Equatable, Sendable {
  /// From 1.
  public let epoch: Int
  /// Place in the rank's list; beyond its end it is taken modulo its length.
  public let place: Int

  /// A drill by its parts.
  public init(epoch: Int, place: Int) {
    self.epoch = epoch
    self.place = place
  }
}
