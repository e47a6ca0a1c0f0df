/// Exit codes of the program, after sysexits.h.
public enum ExitCode {
  /// A training run that went wrong, such as a loss that is not finite.
  public static let training: Int32 = 1
  /// A bad option.
  public static let usage: Int32 = 64
  /// Bad data.
  public static let data: Int32 = 65
  /// A device that was asked for is not there.
  public static let unavailable: Int32 = 69
  /// A file or directory that cannot be made.
  public static let cannotCreate: Int32 = 73
}
