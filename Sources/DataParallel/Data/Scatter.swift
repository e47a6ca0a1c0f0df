import Dataset
import MessagePassing
import SystemSupport

/// Distribution of the data: rank 0 reads it, and each rank receives its shard.
///
/// Rank 0 reads, checks and scatters the images in pieces, so that no rank ever holds the whole data set.
public enum Scatter {
  /// Reads the data on rank 0 and scatters it; called by all ranks.
  ///
  /// - Parameters:
  ///   - virtualShards: number of virtual shards, at least the number of ranks.
  ///   - leaves: number of leaves of the reproducible mode, at least the number of ranks; nil in
  ///     the fast mode.
  ///   - onProgress: called on rank 0 after each piece, with the number of images read and of all.
  ///   - open: opens and checks the data; called on rank 0 only.
  /// - Throws: `AgreedError` on all ranks, for bad data and for more ranks than samples, virtual
  ///   shards or leaves. Whatever is wrong with the last byte is found before the function returns.
  public static func distribute(
    over communicator: Communicator, virtualShards: Int, leaves: Int? = nil,
    onProgress: (_ images: Int, _ all: Int) -> Void = { _, _ in }, open: () throws -> DataReader
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
    let reader = try communicator.onRoot(exitCode: ExitCode.data) {
      let reader = try open()
      let count = reader.count(of: .training)
      guard count >= size else {
        throw DatasetError(
          path: reader.name,
          problem: "\(count) training images for \(size) ranks; "
            + "expected at least one a rank: start fewer ranks or use more images")
      }
      return reader
    }
    let description = try communicator.broadcast(json: reader.map(DataDescription.init))
    let shards = VirtualShards(count: virtualShards, samples: description.trainingCount)
    let owners = cut?.owners(of: shards) ?? .roundRobin(shards: shards, ranks: size)
    let testOwners =
      cut?.testOwners(samples: description.testCount)
      ?? .roundRobin(
        shards: VirtualShards(count: size, samples: description.testCount), ranks: size)
    let all = description.trainingCount + description.testCount
    let training = try PartScatter(.training, of: reader, description.shape, owners, communicator)
      .run { onProgress($0, all) }
    let test = try PartScatter(.test, of: reader, description.shape, testOwners, communicator)
      .run { onProgress(description.trainingCount + $0, all) }
    let rest = try communicator.onRoot(exitCode: ExitCode.data) { try reader?.finish() }
    let facts = DataFacts(
      description,
      normalisations: try communicator.broadcast(json: rest.flatMap { $0 }?.normalisations),
      sha256: try communicator.broadcast(rest.flatMap { $0 }?.sha256 ?? ""))
    return LocalData(
      facts: facts, owners: owners, testOwners: testOwners, cut: cut, training: training,
      test: test)
  }
}
