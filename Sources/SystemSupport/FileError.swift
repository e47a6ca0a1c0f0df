/// A failed operation on a file or directory; the description is one line with the path.
public enum FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A directory cannot be created, or files cannot be created in it.
  case directory(path: String, reason: String)
  /// A file cannot be written; `content` is what it should contain, such as `record`.
  case write(content: String, path: String, reason: String)
  /// A file cannot be read.
  case read(path: String, reason: String)

  /// The system's reason without the path.
  public var reason: String {
    switch self {
    case .directory(_, let reason), .write(_, _, let reason), .read(_, let reason): reason
    }
  }

  public var description: String {
    switch self {
    case .directory(let path, let reason): "directory \(path): \(reason)"
    case .write(let content, let path, let reason): "cannot write \(content) \(path): \(reason)"
    case .read(let path, let reason): "cannot read \(path): \(reason)"
    }
  }
}
