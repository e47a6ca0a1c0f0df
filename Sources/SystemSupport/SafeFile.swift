public import Foundation

/// File operations with typed errors; a file is replaced as a whole or not at all.
public enum SafeFile {
  /// The path of `name` in a directory.
  public static func join(_ directory: String, _ name: String) -> String {
    directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
  }

  /// Creates a directory and its missing parents; a directory that exists is not an error.
  ///
  /// - Throws: `FileError.directory` with the part of the path that could not be created.
  public static func makeDirectory(_ path: String) throws(FileError) {
    guard !path.isEmpty else { throw .directory(path: "\"\"", reason: "the path is empty") }
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += made.isEmpty || made.hasSuffix("/") ? "\(part)" : "/\(part)"
      if mkdir(made, 0o777) == 0 { continue }
      let code = errno
      var information = stat()
      // For an existing parent in which this user may not write, `mkdir` may fail with another code
      // than EEXIST. So `stat` decides whether it exists.
      guard stat(made, &information) == 0 else {
        throw .directory(path: path, reason: "cannot be made (\(made): \(text(of: code)))")
      }
      guard information.st_mode & S_IFMT == S_IFDIR else {
        throw .directory(path: path, reason: "cannot be made (\(made) is not a directory)")
      }
    }
  }

  /// Creates a directory and checks, before a run depends on it, that files can be created in it.
  ///
  /// Creates and removes a file, because permission bits do not show a read-only mount and do not
  /// apply to root.
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

  /// Replaces a file: writes a temporary file in the same directory, then renames it.
  ///
  /// A reader sees the old content or the new content, never a part of it.
  /// - Parameter content: what the file contains, for the error's description, such as `record`.
  /// - Throws: `FileError.write`; the file at `path` is then unchanged.
  public static func replace(
    _ path: String, with data: Data, content: String
  ) throws(FileError) {
    let url = URL(filePath: path)
    let temporary = url.deletingLastPathComponent()
      .appending(path: ".\(url.lastPathComponent).\(getpid())").path
    do {
      try data.write(to: URL(filePath: temporary))
    } catch {
      unlink(temporary)
      throw .write(content: content, path: path, reason: reason(of: error))
    }
    guard rename(temporary, path) == 0 else {
      let code = errno
      unlink(temporary)
      throw .write(content: content, path: path, reason: text(of: code))
    }
  }

  /// What `replaceDurably` has done so far.
  public enum WriteStage {
    case halfWritten
    case written
  }

  /// Replaces a file as `replace` does, and forces file and directory to the disk.
  ///
  /// After a loss of power there is the old file or the new one.
  /// - Parameter onStage: receives what is done; for tests.
  /// - Throws: `FileError.write`; the file at `path` is then unchanged.
  public static func replaceDurably(
    _ path: String, with data: Data, content: String, onStage: (WriteStage) -> Void
  ) throws(FileError) {
    let url = URL(filePath: path)
    let directory = url.deletingLastPathComponent().path
    let temporary = join(directory, ".\(url.lastPathComponent).\(getpid())")
    func failure() -> FileError {
      let code = errno
      unlink(temporary)
      return .write(content: content, path: path, reason: text(of: code))
    }
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw failure() }
    let half = data.count / 2
    var isWritten = write(data.prefix(half), to: file)
    onStage(.halfWritten)
    isWritten = isWritten && write(data.dropFirst(half), to: file)
    if isWritten { onStage(.written) }
    let isDurable = isWritten && fsync(file) == 0
    let code = errno
    close(file)
    errno = code
    guard isDurable, rename(temporary, path) == 0 else { throw failure() }
    let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  /// Writes all bytes to an open file; false with `errno` set if that fails.
  private static func write(_ data: Data, to file: Int32) -> Bool {
    data.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let count = Glibc.write(file, bytes.baseAddress.map { $0 + done }, bytes.count - done)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        done += count
      }
      return true
    }
  }

  /// Reads a whole file.
  ///
  /// - Throws: `FileError.read`.
  public static func read(_ path: String) throws(FileError) -> Data {
    do {
      return try Data(contentsOf: URL(filePath: path))
    } catch {
      throw .read(path: path, reason: reason(of: error))
    }
  }

  /// Reads the first `limit` bytes of a file.
  ///
  /// - Throws: `FileError.read`.
  public static func read(_ path: String, atMost limit: Int) throws(FileError) -> Data {
    do {
      return try FileHandle(forReadingFrom: URL(filePath: path)).read(upToCount: limit) ?? Data()
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
