import SystemSupport

/// What can go wrong with records on disk; the description is one line that names the path.
public enum RecordError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The directory for records cannot be made or written to.
  case directory(path: String, reason: String)
  /// A record cannot be written.
  case write(path: String, reason: String)
  /// A file or directory cannot be read.
  case read(path: String, reason: String)
  /// A file holds something else than a record of this format.
  case noRecord(path: String, reason: String)
  /// A number of a record is not finite, which JSON cannot hold.
  case notFinite(key: String)

  /// What went wrong with a file or directory of records.
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
