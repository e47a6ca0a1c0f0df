#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Output to standard error, one whole line at a time.
public enum StandardError {
  /// Writes `line` and a newline with one `write`, so that the lines of several ranks do not mix.
  ///
  /// Newlines inside `line` become spaces, so that one message is one line.
  public static func writeLine(_ line: String) {
    let flat = line.split(whereSeparator: \.isNewline).joined(separator: " ")
    let bytes = Array((flat + "\n").utf8)
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let pointer = UnsafeRawBufferPointer(rebasing: rest).baseAddress
        let written = write(STDERR_FILENO, pointer, rest.count)
        if written > 0 {
          rest = rest.dropFirst(written)
        } else if errno != EINTR {
          return
        }
      }
    }
  }
}
