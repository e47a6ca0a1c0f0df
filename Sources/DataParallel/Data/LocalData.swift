import Dataset
import NeuralNetwork

/// Memory for the images and labels of one rank's part of a data set; its maker fills all of it.
final class SampleMemory {
  let images: UnsafeMutableBufferPointer<UInt8>
  let labels: UnsafeMutableBufferPointer<UInt8>

  init(count: Int, imageSize: Int) {
    images = NumberMemory.allocate(count * imageSize, of: UInt8.self)
    labels = NumberMemory.allocate(count, of: UInt8.self)
  }

  deinit {
    NumberMemory.deallocate(images)
    NumberMemory.deallocate(labels)
  }
}

/// This rank's samples, and the facts about the data set that all ranks have.
public final class LocalData {
  /// Facts about the whole data set, the same on all ranks.
  public let facts: DataFacts
  /// The rank that owns each training sample.
  public let owners: ShardOwners
  /// The rank that owns each test sample.
  let testOwners: ShardOwners
  /// The division of global batches into leaves; nil in the fast mode.
  public let cut: LeafCut?
  let training: SampleMemory
  let test: SampleMemory

  init(
    facts: DataFacts, owners: ShardOwners, testOwners: ShardOwners, cut: LeafCut?,
    training: SampleMemory, test: SampleMemory
  ) {
    self.facts = facts
    self.owners = owners
    self.testOwners = testOwners
    self.cut = cut
    self.training = training
    self.test = test
  }

  /// This rank's training samples, valid as long as this object exists.
  public var trainingSamples: Samples { samples(training) }
  /// This rank's test samples, valid as long as this object exists.
  public var testSamples: Samples { samples(test) }

  /// The test samples of one of this rank's leaves, valid as long as this object exists.
  func testSamples(ofLeaf leaf: Int) -> Samples {
    let first = testOwners.firstLocalIndex[leaf]
    return samples(test, first..<(first + testOwners.shards.size(of: leaf)))
  }

  private func samples(_ memory: SampleMemory, _ range: Range<Int>? = nil) -> Samples {
    let range = range ?? 0..<memory.labels.count
    let size = facts.shape.size
    return Samples(
      images: UnsafeBufferPointer(
        rebasing: memory.images[(range.lowerBound * size)..<(range.upperBound * size)]),
      labels: UnsafeBufferPointer(rebasing: memory.labels[range]),
      height: facts.shape.height, width: facts.shape.width,
      means: facts.normalisations.map(\.mean), deviations: facts.normalisations.map(\.deviation))
  }
}
