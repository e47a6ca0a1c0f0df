import Foundation

/// The clock for all durations in records and reports.
public enum MonotonicClock {
  /// Seconds since an arbitrary start, from `CLOCK_MONOTONIC`.
  ///
  /// The value never decreases, even if the time of day is changed. Values of two hosts are
  /// unrelated.
  public static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
