import Foundation
import SystemSupport

/// Prints a line on standard output every two seconds while rank 0 reads the data.
///
/// Usual data sets are read in less than that, so nothing is printed.
struct ReadingProgress {
  private let isSilent: Bool
  private let start = MonotonicClock.seconds()
  private static let secondsBetweenLines = 2.0

  /// A progress that starts now.
  init(isSilent: Bool) { self.isSilent = isSilent }

  /// Returns a function that receives the number of images read and of all, on rank 0.
  func makeReport() -> (_ images: Int, _ all: Int) -> Void {
    var next = start + Self.secondsBetweenLines
    return { images, all in
      let now = MonotonicClock.seconds()
      guard !isSilent, now >= next, images < all else { return }
      next = now + Self.secondsBetweenLines
      print("Reading: \(images) of \(all) images after \(Int((now - start).rounded())) s")
      fflush(nil)
    }
  }
}
