/// A limit on the number of programs that run at once; the suites of a test run share it.
public actor LaunchGate {
  /// The gate that ``MPIRun`` uses.
  public static let shared = LaunchGate(limit: 2)

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  public init(limit: Int) {
    free = limit
  }

  /// Runs `body` as soon as fewer than the limit are running.
  public func run<Result: Sendable>(
    _ body: @Sendable () async throws -> Result
  ) async throws -> Result {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
    defer {
      if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
    return try await body()
  }
}
