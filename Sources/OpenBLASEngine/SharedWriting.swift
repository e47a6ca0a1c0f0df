/// Chooses how an update writes parameters that other cores read, too: as the faster of two methods.
///
/// Which one is faster depends on where the cores are and on the size of the model, and a virtual
/// machine may move its cores during a run. So one update in 32 tries the method that was slower before.
/// Both write the same bits.
package struct SharedWriting {
  /// How parameters are written.
  package enum Method: Int, Sendable {
    /// By stores, which take each cache line from the cores that have read it.
    case throughCaches
    /// By `vk_copy_uncached`, after which all cores read from memory.
    case pastCaches

    /// The other method.
    var other: Method { self == .throughCaches ? .pastCaches : .throughCaches }
  }

  private var updates = 0
  /// Smoothed seconds for a parameter, by method; nil before a method was measured.
  private var seconds: [Double?] = [nil, nil]

  /// Updates in which both methods are used in turn.
  private static let alternations = 8
  /// Updates that are not measured: they use memory for the first time.
  private static let unmeasured = 2
  /// One update of so many tries the slower method.
  private static let period = 32
  /// Weight of a new measurement in the smoothed value.
  private static let weight = 0.25

  package init() {}

  /// The method of the next update.
  package mutating func next() -> Method {
    updates += 1
    guard updates > Self.alternations, let through = seconds[0], let past = seconds[1] else {
      return updates % 2 == 0 ? .pastCaches : .throughCaches
    }
    let faster = past < through ? Method.pastCaches : .throughCaches
    return updates % Self.period == 0 ? faster.other : faster
  }

  /// Records that the last update, of `count` parameters, took some seconds.
  package mutating func record(_ method: Method, seconds new: Double, count: Int) {
    guard updates > Self.unmeasured, count > 0 else { return }
    let each = new / Double(count)
    seconds[method.rawValue] =
      seconds[method.rawValue].map {
        $0 + Self.weight * (each - $0)
      } ?? each
  }
}
