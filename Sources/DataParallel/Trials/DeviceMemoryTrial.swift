public import MessagePassing
public import NeuralNetwork

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whether MPI can be trusted with gradients that lie in GPUs' memory: it is asked, then tried.
public enum DeviceMemoryTrial {
  /// Why gradients must go through memory of the host; nil where they need not.
  ///
  /// Called by all ranks, which come to the same answer. The trial overwrites the engine's gradients.
  /// Libraries pass short and long messages in different ways: it sums several lengths, and every
  /// number must be right on every rank.
  public static func lack(over communicator: Communicator, engine: any Engine) throws -> String? {
    let answer = Environment.isCUDAAware.map { $0 ? 2 : 1 } ?? 0
    switch try communicator.allReduce(answer, .min) {
    case 0: return "\(Environment.libraryVersion) does not say whether it knows GPUs' memory"
    case 1: return "\(Environment.libraryVersion) says that it does not know GPUs' memory"
    default: break
    }
    guard let gradients = engine.deviceGradients else { return "\(engine.device) has none" }
    for count in lengths(upTo: gradients.place.count) {
      let isRight = try CrashLine.during {
        try isSumRight(gradients, count: count, over: communicator)
      }
      if try communicator.allReduce(isRight ? 1 : 0, .min) == 0 {
        return "\(Environment.libraryVersion) says that it knows GPUs' memory, but summed "
          + "\(count) numbers there wrongly"
      }
    }
    return nil
  }

  private static func lengths(upTo most: Int) -> [Int] {
    [1, 1000, 65_536, AllReduceSync.standardBucket, most].filter { $0 <= most }
  }

  private static func isSumRight(
    _ gradients: any DeviceNumbers, count: Int, over communicator: Communicator
  ) throws -> Bool {
    // Small whole numbers, other ones on every rank: their sum is exact.
    let (size, rank) = (communicator.size, communicator.rank)
    try gradients.write((0..<count).map { Float($0 % 97 * (rank + 1)) })
    try communicator.allReduce(
      inPlace: UnsafeMutableBufferPointer(rebasing: gradients.place[..<count]), .sum)
    let sums = try gradients.read(count)
    let factor = size * (size + 1) / 2
    return sums.indices.allSatisfy { sums[$0] == Float($0 % 97 * factor) }
  }
}

/// A line for a crash in the MPI library: without it there would be a signal's number and no word of what
/// to do.
private enum CrashLine {
  private static let signals = [SIGSEGV, SIGBUS]

  /// Does `body`; where it ends in an access to forbidden memory, writes the line and ends the process, and
  /// with it the job.
  static func during<Value>(_ body: () throws -> Value) rethrows -> Value {
    var before = signals.map { _ in sigaction() }
    for (place, number) in signals.enumerated() {
      sigaction(number, nil, &before[place])
      // A handler may do next to nothing, and knows nothing but constants.
      signal(number) { _ in
        let line: StaticString =
          "MPI says that it knows GPUs' memory, and crashed on it: use --sync allreduce\n"
        _ = write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount)
        _exit(Environment.failureExitCode)
      }
    }
    defer {
      for (place, number) in signals.enumerated() { sigaction(number, &before[place], nil) }
    }
    return try body()
  }
}
