import MessagePassing
import NeuralNetwork
import SystemSupport

/// In-place `MPI_Allreduce` over the flat buffer, whole or bucket by bucket; every rank repeats the whole
/// update.
///
/// Buckets are for devices that go on with the backward pass by themselves: the gradients of later layers
/// are exchanged meanwhile. Where MPI knows the device's memory, they are exchanged there.
final class AllReduceSync: GradientSync {
  let replica: Replica
  private let communicator: Communicator
  /// From the last parameters to the first; these begin at multiples of the bucket's size.
  private let buckets: [Range<Int>]
  /// Gradients of a bucket; nil where all are in one.
  let bucket: Int?
  /// How many buckets of this step have been exchanged, and how many have been updated.
  private var exchanged = 0
  private var updated = 0

  /// Gradients of a bucket, where nobody says otherwise: 1 MiB.
  ///
  /// Copies and messages of that size run at nearly full speed.
  static let standardBucket = 1 << 18

  /// Memory for `count` parameters.
  ///
  /// - Parameters:
  ///   - bucket: gradients of a bucket; nil or 0 for all in one.
  ///   - device: where the gradients lie if not in memory of the host.
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

  func ready(_ range: Range<Int>, _ update: StepUpdate, timeline: inout StepTimeline) throws {
    // The first parameters' bucket takes the totals along, which are known when the pass is over.
    while let bucket = buckets.dropLast().dropFirst(exchanged).first,
      bucket.lowerBound >= range.lowerBound
    {
      try exchange(bucket, &timeline)
      if update.engine.updatesWhileComputing { self.update(update) }
    }
  }

  func finish(_ update: StepUpdate, timeline: inout StepTimeline) throws {
    if replica.isOnDevice {
      try meet(arrival: update.arrival, &timeline) {
        try communicator.allReduce(inPlace: replica.totalsMessage, .sum)
      }
    }
    for (place, bucket) in buckets.dropFirst(exchanged).enumerated() {
      let arrival = place == 0 && !replica.isOnDevice ? update.arrival : nil
      try exchange(bucket, arrival: arrival, &timeline)
      self.update(update)
    }
    (exchanged, updated) = (0, 0)
  }

  private func exchange(
    _ bucket: Range<Int>, arrival: Double? = nil, _ timeline: inout StepTimeline
  ) throws {
    try meet(arrival: arrival ?? MonotonicClock.seconds(), &timeline) {
      try communicator.allReduce(inPlace: replica.message(bucket), .sum)
    }
    exchanged += 1
  }

  private func meet(
    arrival: Double, _ timeline: inout StepTimeline, _ body: () throws -> Void
  ) throws {
    try body()
    timeline.recordSynchronisation(arrival: arrival, end: MonotonicClock.seconds())
  }

  /// Updates the buckets that have been exchanged and not yet updated.
  private func update(_ update: StepUpdate) {
    guard let gradients = replica.gradients.baseAddress else { return }
    for bucket in buckets[updated..<exchanged] {
      update(bucket, from: [UnsafePointer(gradients)])
    }
    updated = exchanged
  }
}
