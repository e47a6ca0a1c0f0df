import MessagePassing
import NeuralNetwork
import SystemSupport

/// The exchange method `allreduce`: in-place `MPI_Allreduce` of the flat gradient buffer.
///
/// The buffer is summed whole or in buckets, and every rank updates all parameters. Buckets are for
/// engines that continue the backward pass without the host (GPUs): the gradients of later layers
/// are exchanged meanwhile. With `cuda-aware` MPI reads and writes the device's memory.
final class AllReduceSync: GradientSync {
  let replica: Replica
  private let communicator: Communicator
  /// Ranges of gradients, from the last parameters to the first.
  ///
  /// Each starts at a multiple of the bucket size.
  private let buckets: [Range<Int>]
  /// Number of gradients of a bucket; nil if all gradients are in one bucket.
  let bucket: Int?
  /// How many buckets of this step have been exchanged, and how many of these have been updated.
  private var exchanged = 0
  private var updated = 0
  private(set) var isUpdated = true

  /// The standard number of gradients of a bucket: 1 MiB.
  ///
  /// Copies and messages of that size reach nearly the full bandwidth.
  static let standardBucket = 1 << 18

  /// Allocates memory for `count` parameters.
  ///
  /// - Parameters:
  ///   - bucket: number of gradients of a bucket; nil or 0 for all gradients in one bucket.
  ///   - device: the gradients in the memory of a device; nil for gradients in the host's memory.
  init(
    communicator: Communicator, count: Int, statesPerParameter: Int, bucket: Int? = nil,
    device: UnsafeMutableBufferPointer<Float>? = nil
  ) {
    self.communicator = communicator
    let size = bucket.flatMap { $0 > 0 ? $0 : nil } ?? max(count, 1)
    buckets = stride(from: 0, to: max(count, 1), by: size).reversed().map {
      $0..<min($0 + size, count)
    }
    self.bucket = buckets.count > 1 ? size : nil
    replica =
      device.map {
        Replica(count: count, statesPerParameter: statesPerParameter, deviceGradients: $0)
      } ?? Replica(count: count, statesPerParameter: statesPerParameter)
  }

  var synchronisationPoints: Int { buckets.count + (replica.isOnDevice ? 1 : 0) }

  func ready(_ range: Range<Int>, _ update: StepUpdate, _ timeline: StepTimeline) throws {
    // `finish` exchanges the bucket of the first parameters: it contains the totals, which are
    // known only after the pass.
    while let bucket = buckets.dropLast().dropFirst(exchanged).first,
      bucket.lowerBound >= range.lowerBound
    {
      try exchange(bucket, arrival: MonotonicClock.seconds(), timeline)
      if update.engine.updatesWhileComputing { updateExchangedBuckets(update) }
    }
  }

  func finish(_ update: StepUpdate, arrival: Double, _ timeline: StepTimeline) throws {
    var arrival = arrival
    if replica.isOnDevice {
      try allReduce(replica.totalsMessage, arrival: arrival, timeline)
      arrival = MonotonicClock.seconds()
    }
    for bucket in buckets.dropFirst(exchanged) {
      try exchange(bucket, arrival: arrival, timeline)
      // With several buckets some are updated before the totals are known.
      isUpdated = buckets.count > 1 || replica.totals.lossSum.isFinite
      if isUpdated { updateExchangedBuckets(update) }
      arrival = MonotonicClock.seconds()
    }
    (exchanged, updated) = (0, 0)
  }

  private func exchange(_ bucket: Range<Int>, arrival: Double, _ timeline: StepTimeline) throws {
    try allReduce(replica.message(bucket), arrival: arrival, timeline)
    exchanged += 1
  }

  private func allReduce(
    _ message: UnsafeMutableBufferPointer<Float>, arrival: Double, _ timeline: StepTimeline
  ) throws {
    timeline.beginSynchronisation()
    try communicator.allReduce(inPlace: message, .sum)
    timeline.recordSynchronisation(arrival: arrival, end: MonotonicClock.seconds())
  }

  /// Updates the parameters of buckets that have been exchanged and not yet updated.
  private func updateExchangedBuckets(_ update: StepUpdate) {
    guard let gradients = replica.gradients.baseAddress else { return }
    for bucket in buckets[updated..<exchanged] {
      update(bucket, from: [UnsafePointer(gradients)])
    }
    updated = exchanged
  }
}
