import Dataset
import NeuralNetwork

/// A copy of this rank's training samples in which each image is shifted anew in each epoch.
final class ShiftedSamples {
  private let source: Samples
  private let shape: ImageShape
  private let memory: SampleMemory
  private let most: Int
  private let seed: UInt64
  /// The number in the data set of each of this rank's samples.
  private let numbers: [Int]

  /// Copies the samples of `data`, which stay as they are.
  ///
  /// - Parameter most: the largest shift in pixels.
  init(of data: LocalData, rank: Int, most: Int, seed: UInt64) {
    source = data.trainingSamples
    shape = data.facts.shape
    memory = SampleMemory(count: source.count, imageSize: shape.size)
    _ = memory.images.update(fromContentsOf: source.images)
    _ = memory.labels.update(fromContentsOf: source.labels)
    self.most = most
    self.seed = seed
    var numbers: [Int] = []
    data.owners.forEachSample(of: rank) { numbers.append($0) }
    self.numbers = numbers
  }

  /// The shifted samples, valid as long as this object exists.
  var samples: Samples {
    Samples(
      images: UnsafeBufferPointer(memory.images), labels: UnsafeBufferPointer(memory.labels),
      height: source.height, width: source.width, means: source.means,
      deviations: source.deviations)
  }

  /// Shifts all images for an epoch, from 1.
  func shift(epoch: Int) {
    let shift = ImageShift(seed: seed, epoch: epoch, most: most)
    for (index, number) in numbers.enumerated() {
      let range = (index * shape.size)..<((index + 1) * shape.size)
      ImageShift.move(
        UnsafeBufferPointer(rebasing: source.images[range]), of: shape,
        by: shift.offset(of: number),
        into: UnsafeMutableBufferPointer(rebasing: memory.images[range]))
    }
  }
}
