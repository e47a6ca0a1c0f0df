import Foundation

/// SimGrid's `smpirun`, without which tests of projections are skipped by name.
public enum SimGridTool {
  /// Whether PATH has it.
  public static var isInstalled: Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/smpirun") }
  }
}
