import Measurement
import MessagePassing
import NeuralNetwork

/// Buckets in the order in which the backward pass finishes them, an `MPI_Iallreduce` each, under way
/// while earlier layers still compute.
///
/// Where buckets begin follows from their size alone, never from the announcements: a rank with an
/// empty local batch announces all at once, and all ranks must start the same operations. MPI advances
/// them only inside its own calls, so every announcement tests what is under way.
package final class OverlapSync: GradientSync {
  package let replica: Replica
  package let meetings = 1
  private let communicator: Communicator
  /// From the end of the gradients to their beginning.
  private let buckets: [Range<Int>]
  private var underWay: [Request] = []
  /// What went wrong in an announcement, to be thrown where that is possible.
  private var failure: (any Error)?

  init(communicator: Communicator, count: Int, statesPerParameter: Int, bucketBytes: Int) {
    self.communicator = communicator
    buckets = Self.buckets(count: count, bytes: bucketBytes)
    replica = Replica(count: count, statesPerParameter: statesPerParameter)
    underWay.reserveCapacity(buckets.count)
  }

  /// Cuts `count` gradients from their end: first a quarter of a bucket, so that the exchange begins
  /// early, then buckets of `bytes`; the last one may be smaller.
  package static func buckets(count: Int, bytes: Int) -> [Range<Int>] {
    let size = max(1, bytes / MemoryLayout<Float>.stride)
    var result: [Range<Int>] = []
    var end = count
    while end > 0 {
      let begin = max(0, end - (result.isEmpty ? max(1, size / 4) : size))
      result.append(begin..<end)
      end = begin
    }
    return result
  }

  package func announce(_ range: Range<Int>) {
    guard failure == nil else { return }
    do {
      for request in underWay { _ = try request.test() }
      // The last bucket carries the totals, which are known when all is computed.
      while underWay.count < buckets.count - 1,
        buckets[underWay.count].lowerBound >= range.lowerBound
      {
        try startNext()
      }
    } catch {
      failure = error
    }
  }

  private func startNext() throws {
    let bucket = buckets[underWay.count]
    underWay.append(try communicator.startAllReduce(inPlace: replica.message(bucket), .sum))
  }

  package func finish(_ update: StepUpdate, timeline: inout StepTimeline) throws {
    if let failure { throw failure }
    while underWay.count < buckets.count { try startNext() }
    guard let gradients = replica.gradients.baseAddress else { return }
    var exchange = 0.0
    var start = update.arrival
    for (bucket, request) in zip(buckets, underWay) {
      try request.wait()
      let done = MonotonicClock.seconds()
      exchange += done - start
      update(bucket, from: [UnsafePointer(gradients)])
      start = MonotonicClock.seconds()
    }
    timeline.noteMeeting(arrival: update.arrival, end: update.arrival + exchange)
    underWay.removeAll(keepingCapacity: true)
  }
}
