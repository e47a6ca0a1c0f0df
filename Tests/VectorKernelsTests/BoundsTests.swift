import TestSupport
import Testing

/// Kernels stay within their buffers, checked by AddressSanitizer for each instruction set.
struct BoundsTests {
  private static let script = "Tests/KernelBounds/run.sh"

  /// Whether there is a compiler with AddressSanitizer.
  ///
  /// True also if the script cannot be started, so that the test fails and shows the error.
  private static func canRun() async -> Bool {
    let noCompiler: Int32 = 77
    let probe = try? await ScriptRun.run(script, arguments: ["--probe"])
    return probe?.exitCode != noCompiler
  }

  @Test(.enabled("no clang with AddressSanitizer") { await canRun() })
  func kernelsStayInBounds() async throws {
    let result = try await ScriptRun.run(Self.script, timeout: 600)
    #expect(result.exitCode == 0, "\(result.report)")
    for name in ["undefined behaviour", "baseline"] {
      #expect(result.stdout.contains("\(name): "), "\(result.report)")
    }
    print(result.stdout, terminator: "")
  }
}
