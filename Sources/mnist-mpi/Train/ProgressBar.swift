import Foundation
import MessagePassing

/// A line that is redrawn in place: the fraction done, images per second, time left.
final class ProgressBar {
  private var lastDrawn = -1.0
  private var isShown = false
  private static let width = 30
  private static let secondsBetweenDrawings = 0.1

  /// Whether a bar is drawn on standard output.
  ///
  /// Under mpirun a rank's standard output looks like a terminal even if it is redirected to a
  /// file. There, a bar is drawn only if the user requests it.
  static func isWanted(_ mode: ProgressMode) -> Bool {
    switch mode {
    case .on: true
    case .off: false
    case .auto: !LaunchEnvironment.current.mpirunIsPresent && isatty(STDOUT_FILENO) == 1
    }
  }

  /// Draws the bar, but at most ten times a second and at the end.
  func draw(samples: Int, planned: Int, seconds: Double) {
    guard seconds - lastDrawn >= Self.secondsBetweenDrawings || samples >= planned, seconds > 0
    else {
      return
    }
    lastDrawn = seconds
    isShown = true
    let fraction = min(1, Double(samples) / Double(max(planned, 1)))
    let filled = Int(fraction * Double(Self.width))
    let bar =
      String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
    let rate = Double(samples) / seconds
    let left = Int(Double(planned - samples) / max(rate, 1e-9))
    let text = String(
      format: "\r[%@] %3.0f %%  %.0f images/s  %d:%02d left ", bar, 100 * fraction, rate, left / 60,
      left % 60)
    print(text, terminator: "")
    fflush(nil)
  }

  /// Removes the bar, so that another line can be printed in its place.
  func clear() {
    guard isShown else { return }
    print("\r\u{1B}[K", terminator: "")
    isShown = false
  }
}
