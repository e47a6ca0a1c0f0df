import TestSupport
import Testing

/// AddressSanitizer's word, for each instruction set, that kernels stay in their buffers.
struct BoundsTests {
  private static let script = "Tests/KernelBounds/run.sh"

  /// Whether there is a compiler with AddressSanitizer; an error counts as one, for the test to
  /// show.
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
