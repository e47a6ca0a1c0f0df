import Dataset
import MessagePassing
import SystemSupport

/// The scatter of one part of a data set, training or test, to the owners of its samples.
///
/// A piece has the consecutive samples of the files. Rank 0 reads it and sorts its samples by owner, each as
/// its image and its class in one more byte; `MPI_Scatterv` sends them; each rank puts its own where they
/// belong. A failed read is agreed on before the piece is sent.
struct PartScatter {
  private let part: DataReader.Part
  /// On rank 0 only.
  private let reader: DataReader?
  private let imageSize: Int
  private let owners: ShardOwners
  private let communicator: Communicator

  /// Bytes of a piece, about: it stays in a cache while rank 0 reads, hashes, sums and packs it.
  ///
  /// 1 MiB: 638 MB on two ranks took 1.28 s with 8 MiB and 0.95 s with 1 MiB.
  private static let pieceBytes = 1 << 20

  /// A scatter of `part`; the reader is used on rank 0 only.
  init(
    _ part: DataReader.Part, of reader: DataReader?, _ shape: ImageShape, _ owners: ShardOwners,
    _ communicator: Communicator
  ) {
    self.part = part
    self.reader = reader
    imageSize = shape.size
    self.owners = owners
    self.communicator = communicator
  }

  /// Bytes of a sample in a message.
  private var sampleSize: Int { imageSize + 1 }

  /// Scatters all samples; called by all ranks.
  ///
  /// - Parameter onPiece: receives on rank 0 the number of samples that are done.
  /// - Throws: `AgreedError` on all ranks where rank 0 cannot read.
  func run(onPiece: (Int) -> Void) throws -> SampleMemory {
    let count = owners.shards.samples
    let memory = SampleMemory(
      count: owners.samplesOfRank[communicator.rank], imageSize: imageSize)
    let perPiece = min(count, max(1, Self.pieceBytes / sampleSize))
    let labels = reader?.labels(of: part) ?? []
    let piece = UnsafeMutableRawBufferPointer.allocate(
      byteCount: communicator.isRoot ? perPiece * imageSize : 0, alignment: 64)
    let packed = UnsafeMutableBufferPointer<UInt8>.allocate(
      capacity: communicator.isRoot ? perPiece * sampleSize : 0)
    let received = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: perPiece * sampleSize)
    defer {
      piece.deallocate()
      packed.deallocate()
      received.deallocate()
    }
    for first in stride(from: 0, to: count, by: perPiece) {
      let samples = first..<min(first + perPiece, count)
      let images = UnsafeMutableRawBufferPointer(
        rebasing: piece[..<(communicator.isRoot ? samples.count * imageSize : 0)])
      try communicator.onRoot(exitCode: ExitCode.data) { try reader?.read(part, into: images) }
      let counts = owners.counts(of: samples)
      var source: UnsafeBufferPointer<UInt8>?
      if communicator.isRoot {
        pack(images, samples, labels, counts: counts, into: packed)
        source = UnsafeBufferPointer(rebasing: packed[..<(samples.count * sampleSize)])
      }
      let own = UnsafeMutableBufferPointer(
        rebasing: received[..<(counts[communicator.rank] * sampleSize)])
      try communicator.scatter(source, counts: counts.map { $0 * sampleSize }, into: own)
      place(own, samples, in: memory)
      if communicator.isRoot { onPiece(samples.upperBound) }
    }
    return memory
  }

  /// Sorts samples by owner; those of one owner stay in ascending order.
  private func pack(
    _ images: UnsafeMutableRawBufferPointer, _ samples: Range<Int>, _ labels: [UInt8],
    counts: [Int],
    into packed: UnsafeMutableBufferPointer<UInt8>
  ) {
    guard let source = images.baseAddress, let target = packed.baseAddress else { return }
    var next: [Int] = []
    var sum = 0
    for count in counts {
      next.append(sum)
      sum += count
    }
    for sample in samples {
      let rank = owners.rank(of: sample)
      let place = target + next[rank] * sampleSize
      UnsafeMutableRawPointer(place).copyMemory(
        from: source + (sample - samples.lowerBound) * imageSize, byteCount: imageSize)
      place[imageSize] = labels[sample]
      next[rank] += 1
    }
  }

  /// Copies this rank's samples of a piece to their places.
  private func place(
    _ received: UnsafeMutableBufferPointer<UInt8>, _ samples: Range<Int>, in memory: SampleMemory
  ) {
    guard var source = received.baseAddress, let images = memory.images.baseAddress else { return }
    for sample in samples where owners.rank(of: sample) == communicator.rank {
      let index = owners.localIndex(of: sample)
      UnsafeMutableRawPointer(images + index * imageSize).copyMemory(
        from: source, byteCount: imageSize)
      memory.labels[index] = source[imageSize]
      source += sampleSize
    }
  }
}
