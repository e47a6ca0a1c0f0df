/// An error of reading a trace or of choosing a step of it; its description is one line.
public enum TraceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A file cannot be read.
  case read(path: String, reason: String)
  /// A file does not contain JSON.
  case noJSON(path: String)
  /// A file contains JSON that is no trace of this program.
  case noTrace(path: String, reason: String)
  /// A step is not in the trace, which has the steps from `first` to `last`.
  case noSuchStep(Int, first: Int, last: Int)
  /// The trace has no spans of steps.
  case noSteps

  public var description: String {
    switch self {
    case .read(let path, let reason): "cannot read \(path): \(reason)"
    case .noJSON(let path): "\(path): not JSON; expected a file of train --trace"
    case .noTrace(let path, let reason):
      "\(path): no trace of \(RunTrace.program): \(reason); expected a file of train --trace"
    case .noSuchStep(let step, let first, let last):
      "step \(step) is not in the trace; expected a step from \(first) to \(last)"
    case .noSteps: "the trace has no steps"
    }
  }
}
