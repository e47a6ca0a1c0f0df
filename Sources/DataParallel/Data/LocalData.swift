import Dataset
import NeuralNetwork

/// Images and labels in memory of their own, one rank's part of a set.
final class SampleMemory {
  let images: UnsafeMutableBufferPointer<UInt8>
  let labels: UnsafeMutableBufferPointer<UInt8>

  init(count: Int, imageSize: Int) {
    images = .allocate(capacity: count * imageSize)
    images.initialize(repeating: 0)
    labels = .allocate(capacity: count)
    labels.initialize(repeating: 0)
  }

  deinit {
    images.deallocate()
    labels.deallocate()
  }
}

/// What all ranks know of the data, and the samples that this one holds.
public final class LocalData {
  /// Facts about the whole, the same on all ranks.
  public let facts: DataFacts
  /// Which rank holds which training sample.
  public let owners: ShardOwners
  /// Which rank holds which test sample.
  let testOwners: ShardOwners
  /// How batches are cut into leaves; nil in the fast mode.
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

  /// This rank's training samples, alive as long as this object.
  public var trainingSamples: Samples { samples(training) }
  /// This rank's test samples, alive as long as this object.
  public var testSamples: Samples { samples(test) }

  /// The test samples of a leaf that this rank has, alive as long as this object.
  func testSamples(ofLeaf leaf: Int) -> Samples {
    let first = testOwners.firstLocalIndex[leaf]
    return samples(test, first..<(first + testOwners.shards.size(of: leaf)))
  }

  private func samples(_ memory: SampleMemory, _ range: Range<Int>? = nil) -> Samples {
    let range = range ?? 0..<memory.labels.count
    let size = facts.height * facts.width
    return Samples(
      images: UnsafeBufferPointer(
        rebasing: memory.images[(range.lowerBound * size)..<(range.upperBound * size)]),
      labels: UnsafeBufferPointer(rebasing: memory.labels[range]),
      height: facts.height, width: facts.width, mean: facts.normalisation.mean,
      deviation: facts.normalisation.deviation)
  }
}

/// The sizes and names of a data set, known to every rank.
public struct DataFacts: Equatable, Sendable {
  public let trainingCount: Int
  public let testCount: Int
  public let height: Int
  public let width: Int
  public let classes: Int
  public let normalisation: Normalisation
  public let name: String
  public let isSynthetic: Bool
  /// SHA-256 of what is in use, see `TrainingData.sha256()`.
  public let sha256: String
}
