/// This rank's time at one synchronisation point, divided into waiting and transfer.
package struct SynchronisationPoint: Equatable {
  /// When this rank arrived.
  package let arrival: Double
  /// When the last rank arrived: until then this rank waited, from then on it exchanged.
  package let complete: Double
  package let end: Double

  /// A point by its times, all on one clock; `latestArrival` is that of all ranks.
  package init(arrival: Double, latestArrival: Double, end: Double) {
    self.arrival = arrival
    self.end = end
    // Clocks are aligned to about a microsecond, which must not make a part negative.
    complete = min(max(latestArrival, arrival), end)
  }
}

/// The seconds that a rank spent at synchronisation points.
package struct ExchangeSeconds: Equatable {
  /// From this rank's arrival to that of the last rank.
  package var wait = 0.0
  /// From the arrival of the last rank to the end.
  package var transfer = 0.0

  /// The sums over some points.
  package init(of points: [SynchronisationPoint]) {
    for point in points {
      wait += point.complete - point.arrival
      transfer += point.end - point.complete
    }
  }
}
