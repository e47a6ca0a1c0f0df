/// Seconds of a run as people read them.
public enum SecondsText {
  /// Two digits after the point, four where the whole is less than two seconds, as on GPUs.
  ///
  /// - Parameters:
  ///   - seconds: nil or not finite is `-`.
  ///   - whole: what the seconds are a part of, so that parts and whole have the same digits.
  public static func text(_ seconds: Double?, of whole: Double? = nil) -> String {
    NumberText.fixed(seconds, (whole ?? seconds ?? 0) < 2 ? 4 : 2)
  }
}
