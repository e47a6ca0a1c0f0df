public import Foundation

/// Files that appear whole or not at all, and directories that take them.
public enum SafeFile {
  /// The path of `name` in a directory.
  public static func join(_ directory: String, _ name: String) -> String {
    directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
  }

  /// Makes a directory and those above it; one that exists already is fine.
  ///
  /// - Throws: `FileError.directory` with the part of the path that could not be made.
  public static func makeDirectory(_ path: String) throws(FileError) {
    guard !path.isEmpty else { throw .directory(path: "\"\"", reason: "the path is empty") }
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += made.isEmpty || made.hasSuffix("/") ? "\(part)" : "/\(part)"
      if mkdir(made, 0o777) == 0 { continue }
      let code = errno
      var information = stat()
      // A parent that exists but is not ours to write in gives other codes than EEXIST.
      guard stat(made, &information) == 0 else {
        throw .directory(path: path, reason: "cannot be made (\(made): \(text(of: code)))")
      }
      guard information.st_mode & S_IFMT == S_IFDIR else {
        throw .directory(path: path, reason: "cannot be made (\(made) is not a directory)")
      }
    }
  }

  /// Makes a directory and proves that files can be made in it, before a run depends on that.
  ///
  /// Makes and removes a file: the only proof that holds for root and for read-only mounts.
  /// - Throws: `FileError.directory` with the system's reason.
  public static func prepareDirectory(_ path: String) throws(FileError) {
    try makeDirectory(path)
    let trial = join(path, ".check-\(getpid())")
    let file = open(trial, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    guard file >= 0 else {
      throw .directory(path: path, reason: "cannot be written to (\(text(of: errno)))")
    }
    close(file)
    unlink(trial)
  }

  /// Writes beside `path`, then renames, so that no reader sees half a file.
  ///
  /// - Parameter content: what the file holds, for the error's text, such as `record`.
  /// - Throws: `FileError.write`; the file at `path` is then as it was.
  public static func replace(
    _ path: String, with data: Data, content: String
  ) throws(FileError) {
    let url = URL(filePath: path)
    let aside = url.deletingLastPathComponent()
      .appending(path: ".\(url.lastPathComponent).\(getpid())").path
    do {
      try data.write(to: URL(filePath: aside))
    } catch {
      unlink(aside)
      throw .write(content: content, path: path, reason: reason(of: error))
    }
    guard rename(aside, path) == 0 else {
      let code = errno
      unlink(aside)
      throw .write(content: content, path: path, reason: text(of: code))
    }
  }

  /// The whole file.
  ///
  /// - Throws: `FileError.read`.
  public static func read(_ path: String) throws(FileError) -> Data {
    do {
      return try Data(contentsOf: URL(filePath: path))
    } catch {
      throw .read(path: path, reason: reason(of: error))
    }
  }

  private static func reason(of error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileReadNoSuchFile?, .fileNoSuchFile?: "no such file or directory"
    case .fileReadNoPermission?, .fileWriteNoPermission?: "permission denied"
    case .fileWriteOutOfSpace?: "no space left"
    default: "the file system refused it"
    }
  }

  private static func text(of code: Int32) -> String { String(cString: strerror(code)) }
}
