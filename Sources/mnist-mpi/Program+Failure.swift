import ArgumentParser
import MessagePassing

extension Program {
  /// Ends a command that runs without MPI: one line on standard error, and this exit code.
  static func fail(_ error: any Error, _ code: Int32) throws -> Never {
    StandardError.writeLine("\(name): \(error)")
    throw ArgumentParser.ExitCode(code)
  }
}
