import SystemSupport

/// An error of reading or writing records; its description is one line with the path.
public enum RecordError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The directory for records cannot be created or written to.
  case directory(path: String, reason: String)
  /// A record cannot be written.
  case write(path: String, reason: String)
  /// A file or directory cannot be read.
  case read(path: String, reason: String)
  /// A file does not hold a record of this format.
  case noRecord(path: String, reason: String)
  /// A number of a record is not finite, and JSON has no such number.
  case notFinite(key: String)

  /// Converts an error of file access.
  init(_ error: FileError) {
    self =
      switch error {
      case .directory(let path, let reason): .directory(path: path, reason: reason)
      case .write(_, let path, let reason): .write(path: path, reason: reason)
      case .read(let path, let reason): .read(path: path, reason: reason)
      }
  }

  public var description: String {
    switch self {
    case .directory(let path, let reason): "results directory \(path): \(reason)"
    case .write(let path, let reason): "cannot write record \(path): \(reason)"
    case .read(let path, let reason): "cannot read \(path): \(reason)"
    case .noRecord(let path, let reason): "\(path): \(reason)"
    case .notFinite(let key): "record not written: \(key) is not a finite number"
    }
  }
}
