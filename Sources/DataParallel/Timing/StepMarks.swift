/// The times of one step of this rank, from which its spans are cut.
struct StepMarks {
  /// A call of the exchange within the backward pass, and the synchronisation points in it.
  struct Overlap {
    var start: Double
    var end: Double
    /// Indices in the timeline.
    let points: Range<Int>
  }

  /// The number of the step, from 1.
  let step: Int
  /// When the passes began.
  var begin: Double
  /// Seconds of the passes, in this order; the backward pass without overlaps and drill.
  var load = 0.0
  var forward = 0.0
  var backward = 0.0
  /// Seconds that a drill added after the passes.
  var injected = 0.0
  /// Seconds of calls within the backward pass that exchanged nothing.
  var idle = 0.0
  /// When this rank had computed its gradients.
  var arrival = 0.0
  /// When it had updated its parameters.
  var end = 0.0
  /// This step's overlaps among all that were recorded.
  var overlaps: Range<Int>
  /// Indices of the synchronisation points from `arrival` to `end`.
  var points: Range<Int>

  /// A step that begins; `overlap` and `point` are the numbers of overlaps and points before it.
  init(step: Int, begin: Double, overlap: Int, point: Int) {
    self.step = step
    self.begin = begin
    overlaps = overlap..<overlap
    points = point..<point
  }
}
