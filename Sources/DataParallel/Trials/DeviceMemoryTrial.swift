public import MessagePassing
public import NeuralNetwork

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The check that MPI sums gradients in GPU memory correctly: a query of the library, then a trial.
public enum DeviceMemoryTrial {
  /// The reason why gradients must be exchanged through the host's memory; nil if there is none.
  ///
  /// Called by all ranks, which return the same. The trial overwrites the engine's gradients.
  /// Libraries use different algorithms for short and long messages, so it sums several lengths,
  /// and every number must be correct on every rank. If the library crashes, the process writes one
  /// line and ends.
  public static func obstacle(
    over communicator: Communicator, engine: any Engine
  ) throws -> String? {
    // 0: not known, 1: no, 2: yes. The lowest answer of all ranks counts.
    let answer = Environment.isCUDAAware.map { $0 ? 2 : 1 } ?? 0
    switch try communicator.allReduce(answer, .min) {
    case 0: return "\(Environment.libraryVersion) does not report whether it supports GPU memory"
    case 1: return "\(Environment.libraryVersion) reports that it does not support GPU memory"
    default: break
    }
    guard let gradients = engine.deviceGradients else {
      return "\(engine.device) has no gradients in GPU memory"
    }
    for count in lengths(upTo: gradients.buffer.count) {
      let isCorrect = try CrashHandler.during {
        try isSumCorrect(gradients, count: count, over: communicator)
      }
      if try communicator.allReduce(isCorrect ? 1 : 0, .min) == 0 {
        return "\(Environment.libraryVersion) reports that it supports GPU memory, but summed "
          + "\(count) numbers there incorrectly"
      }
    }
    return nil
  }

  private static func lengths(upTo most: Int) -> [Int] {
    [1, 1000, 65_536, AllReduceSync.standardBucket, most].filter { $0 <= most }
  }

  /// Whether this rank receives the correct sum of `count` numbers; called by all ranks.
  private static func isSumCorrect(
    _ gradients: any DeviceNumbers, count: Int, over communicator: Communicator
  ) throws -> Bool {
    // Small integers, different on every rank, so that their sum is exact.
    let (size, rank) = (communicator.size, communicator.rank)
    try gradients.write((0..<count).map { Float($0 % 97 * (rank + 1)) })
    try communicator.allReduce(
      inPlace: UnsafeMutableBufferPointer(rebasing: gradients.buffer[..<count]), .sum)
    let sums = try gradients.read(count)
    let factor = size * (size + 1) / 2
    return sums.indices.allSatisfy { sums[$0] == Float($0 % 97 * factor) }
  }
}

/// A signal handler that explains a crash of the MPI library in one line.
///
/// Without it the launcher would report only the number of the signal.
private enum CrashHandler {
  private static let signals = [SIGSEGV, SIGBUS]

  /// Runs `body`; on an invalid memory access, writes the line and ends the process.
  ///
  /// The launcher then ends the job.
  static func during<Value>(_ body: () throws -> Value) rethrows -> Value {
    var before = signals.map { _ in sigaction() }
    for (index, number) in signals.enumerated() {
      sigaction(number, nil, &before[index])
      // A handler may call only async-signal-safe functions and cannot capture values.
      signal(number) { _ in
        let line: StaticString =
          "MPI reports that it supports GPU memory, and crashed on it: use --sync allreduce\n"
        _ = write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount)
        _exit(Environment.failureExitCode)
      }
    }
    defer {
      for (index, number) in signals.enumerated() { sigaction(number, &before[index], nil) }
    }
    return try body()
  }
}
