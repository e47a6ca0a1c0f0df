/// Exit codes of the program, after sysexits.h.
public enum ExitCode {
  /// A training run that failed, for example because a loss was not finite.
  public static let training: Int32 = 1
  /// An invalid option.
  public static let usage: Int32 = 64
  /// Invalid data.
  public static let data: Int32 = 65
  /// A requested device is not available.
  public static let unavailable: Int32 = 69
  /// A file or directory that cannot be created.
  public static let cannotCreate: Int32 = 73
  /// An output that could not be written although everything else succeeded (`EX_IOERR`).
  public static let outputLost: Int32 = 74
  /// A run that a signal stopped, and that can be resumed from a checkpoint (`EX_TEMPFAIL`).
  public static let interrupted: Int32 = 75
  /// A run in which no rank made progress, ended by `--timeout` (`EX_PROTOCOL`).
  public static let stalled: Int32 = 76
}
