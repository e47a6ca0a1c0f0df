import Foundation
import MessagePassing

/// One line that is drawn over itself: share done, images a second, time left.
final class ProgressBar {
  private var lastDrawn = -1.0
  private var isShown = false
  private static let width = 30
  private static let secondsBetweenDrawings = 0.1

  /// Whether a bar is to be drawn on standard output.
  ///
  /// Under mpirun a rank's standard output looks like a terminal even when it ends in a file: then
  /// only the user can know.
  static func isWanted(_ mode: ProgressMode) -> Bool {
    switch mode {
    case .on: true
    case .off: false
    case .auto: !LaunchEnvironment.current.mpirunIsPresent && isatty(STDOUT_FILENO) == 1
    }
  }

  /// Draws at most ten times a second, and at the end.
  func draw(samples: Int, planned: Int, seconds: Double) {
    guard seconds - lastDrawn >= Self.secondsBetweenDrawings || samples >= planned, seconds > 0
    else {
      return
    }
    lastDrawn = seconds
    isShown = true
    let share = min(1, Double(samples) / Double(max(planned, 1)))
    let filled = Int(share * Double(Self.width))
    let bar =
      String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
    let rate = Double(samples) / seconds
    let left = Int(Double(planned - samples) / max(rate, 1e-9))
    let text = String(
      format: "\r[%@] %3.0f %%  %.0f images/s  %d:%02d left ", bar, 100 * share, rate, left / 60,
      left % 60)
    print(text, terminator: "")
    fflush(nil)
  }

  /// Takes the bar away, so that a line can be printed in its place.
  func clear() {
    guard isShown else { return }
    print("\r\u{1B}[K", terminator: "")
    isShown = false
  }
}
