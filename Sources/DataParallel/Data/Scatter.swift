import Dataset
import MessagePassing
import SystemSupport

/// Distribution of the data: rank 0 reads it, and each rank receives its shard.
///
/// After the call no rank, rank 0 included, keeps the whole data set.
public enum Scatter {
  /// Reads the data on rank 0 and scatters it; called by all ranks.
  ///
  /// - Parameters:
  ///   - virtualShards: number of virtual shards, at least the number of ranks.
  ///   - leaves: number of leaves of the reproducible mode, at least the number of ranks; nil in
  ///     the fast mode.
  ///   - read: reads and checks the data; called on rank 0 only.
  /// - Throws: `AgreedError` on all ranks, for bad data and for more ranks than samples, virtual
  ///   shards or leaves.
  public static func distribute(
    over communicator: Communicator, virtualShards: Int, leaves: Int? = nil,
    read: () throws -> TrainingData
  ) throws -> LocalData {
    let size = communicator.size
    guard size <= virtualShards else {
      throw AgreedError(
        "--virtual-shards \(virtualShards): fewer than the \(size) ranks; "
          + "expected at least \(size), for example --virtual-shards \(4 * size)",
        exitCode: ExitCode.usage)
    }
    if let leaves, size > leaves {
      throw AgreedError(
        "--leaves \(leaves): fewer than the \(size) ranks; "
          + "expected at least \(size), in every run that is to be compared",
        exitCode: ExitCode.usage)
    }
    let cut = leaves.map { LeafCut(leaves: $0, ranks: size) }
    var data = try communicator.onRoot(exitCode: ExitCode.data) {
      let data = try read()
      guard data.training.count >= size else {
        throw DatasetError(
          path: data.name,
          problem: "\(data.training.count) training images for \(size) ranks; "
            + "expected at least one a rank: start fewer ranks or use more images")
      }
      return data
    }
    let facts = try share(data.map(facts), over: communicator)
    let shards = VirtualShards(count: virtualShards, samples: facts.trainingCount)
    let owners = cut?.owners(of: shards) ?? .roundRobin(shards: shards, ranks: size)
    let testOwners =
      cut?.testOwners(samples: facts.testCount)
      ?? .roundRobin(shards: VirtualShards(count: size, samples: facts.testCount), ranks: size)
    let training = try scatter(
      data?.training, imageSize: facts.height * facts.width, over: communicator,
      owners: owners)
    let test = try scatter(
      data?.test, imageSize: facts.height * facts.width, over: communicator, owners: testOwners)
    data = nil
    return LocalData(
      facts: facts, owners: owners, testOwners: testOwners, cut: cut, training: training,
      test: test)
  }

  private static func facts(_ data: TrainingData) -> DataFacts {
    DataFacts(
      trainingCount: data.training.count, testCount: data.test.count,
      height: data.training.height, width: data.training.width, classes: data.classes,
      normalisation: data.normalisation, name: data.name, isSynthetic: data.isSynthetic,
      sha256: data.sha256())
  }

  /// Broadcasts the facts, which only rank 0 has.
  private static func share(
    _ facts: DataFacts?, over communicator: Communicator
  ) throws -> DataFacts {
    let integers = try communicator.broadcast(
      facts.map {
        [
          $0.trainingCount, $0.testCount, $0.height, $0.width, $0.classes, $0.isSynthetic ? 1 : 0,
        ]
      } ?? [])
    let reals = try communicator.broadcast(
      facts.map { [$0.normalisation.mean, $0.normalisation.deviation] } ?? [])
    return DataFacts(
      trainingCount: integers[0], testCount: integers[1], height: integers[2], width: integers[3],
      classes: integers[4], normalisation: Normalisation(mean: reals[0], deviation: reals[1]),
      name: try communicator.broadcast(facts?.name ?? ""), isSynthetic: integers[5] == 1,
      sha256: try communicator.broadcast(facts?.sha256 ?? ""))
  }

  /// The most bytes of images that rank 0 packs for one scatter.
  private static let packetBytes = 32 << 20

  /// Scatters images and labels to their owners by `MPI_Scatterv`, in rounds of bounded size.
  ///
  /// - Parameters:
  ///   - source: all samples on rank 0; nil on the other ranks.
  ///   - imageSize: bytes of an image.
  private static func scatter(
    _ source: LabelledImages?, imageSize: Int, over communicator: Communicator, owners: ShardOwners
  ) throws -> SampleMemory {
    let counts = owners.samplesOfRank
    let memory = SampleMemory(count: counts[communicator.rank], imageSize: imageSize)
    // On rank 0 the samples of each rank.
    var samples: [[Int]] = []
    if source != nil {
      for rank in 0..<counts.count {
        var list: [Int] = []
        list.reserveCapacity(counts[rank])
        owners.forEachSample(of: rank) { list.append($0) }
        samples.append(list)
      }
    }
    let perRound = max(1, packetBytes / (imageSize * counts.count))
    for first in stride(from: 0, to: counts.max() ?? 0, by: perRound) {
      let ranges = counts.map { min(first, $0)..<min(first + perRound, $0) }
      let localRange = ranges[communicator.rank]
      var images: [UInt8] = []
      var labels: [UInt8] = []
      if let source {
        images.reserveCapacity(ranges.reduce(0) { $0 + $1.count } * imageSize)
        for (rank, range) in ranges.enumerated() {
          for sample in samples[rank][range] {
            images += source.images[(sample * imageSize)..<((sample + 1) * imageSize)]
            labels.append(source.labels[sample])
          }
        }
      }
      try images.withUnsafeBufferPointer { images in
        try communicator.scatter(
          images, counts: ranges.map { $0.count * imageSize },
          into: UnsafeMutableBufferPointer(
            rebasing: memory.images[
              (localRange.lowerBound * imageSize)..<(localRange.upperBound * imageSize)]))
      }
      try labels.withUnsafeBufferPointer { labels in
        try communicator.scatter(
          labels, counts: ranges.map(\.count),
          into: UnsafeMutableBufferPointer(rebasing: memory.labels[localRange]))
      }
    }
    return memory
  }
}
