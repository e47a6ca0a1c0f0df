import Foundation

/// The clock that every duration in a record is read from.
public enum MonotonicClock {
  /// Seconds since an arbitrary start, by `CLOCK_MONOTONIC`.
  ///
  /// It never goes back, whatever happens to the time of day; values of two hosts are unrelated.
  public static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
