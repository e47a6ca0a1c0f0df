/// Formats the durations of a run for human readers.
public enum SecondsText {
  /// Seconds with two digits after the point; with four if the whole is less than two seconds.
  ///
  /// Runs on GPUs are that short.
  /// - Parameters:
  ///   - seconds: printed as `-` if nil or not finite.
  ///   - whole: the duration that `seconds` is a part of, so that the parts and the whole have the
  ///     same number of digits; nil if `seconds` is itself the whole.
  public static func text(_ seconds: Double?, of whole: Double? = nil) -> String {
    NumberText.fixed(seconds, (whole ?? seconds ?? 0) < 2 ? 4 : 2)
  }
}
