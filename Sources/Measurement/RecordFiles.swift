import Foundation

/// The few file operations of the record store, each failing in the system's own words.
enum RecordFiles {
  static func join(_ directory: String, _ name: String) -> String {
    directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
  }

  /// Makes a directory and those above it; one that is there already is fine.
  static func makeDirectory(_ path: String) throws(RecordError) {
    guard !path.isEmpty else { throw .directory(path: "\"\"", reason: "the path is empty") }
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += made.isEmpty || made.hasSuffix("/") ? "\(part)" : "/\(part)"
      if mkdir(made, 0o777) == 0 { continue }
      let code = errno
      var information = stat()
      // Other codes than "exists" come from parents that are there but not ours to write in.
      guard stat(made, &information) == 0 else {
        throw .directory(path: path, reason: "cannot be made (\(made): \(text(of: code)))")
      }
      guard information.st_mode & S_IFMT == S_IFDIR else {
        throw .directory(path: path, reason: "cannot be made (\(made) is not a directory)")
      }
    }
  }

  /// Makes and removes a file: the only proof that holds for root and read-only mounts as well.
  static func checkWritable(_ directory: String) throws(RecordError) {
    let path = join(directory, ".check-\(getpid())")
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    guard file >= 0 else {
      throw .directory(path: directory, reason: "cannot be written to (\(text(of: errno)))")
    }
    close(file)
    unlink(path)
  }

  /// Writes beside the file, then renames, so that no reader sees half a record.
  static func replace(_ path: String, with data: Data) throws(RecordError) {
    let url = URL(filePath: path)
    let aside = url.deletingLastPathComponent()
      .appending(path: ".\(url.lastPathComponent).\(getpid())").path
    do {
      try data.write(to: URL(filePath: aside))
    } catch {
      unlink(aside)
      throw .write(path: path, reason: reason(of: error))
    }
    guard rename(aside, path) == 0 else {
      let code = errno
      unlink(aside)
      throw .write(path: path, reason: text(of: code))
    }
  }

  static func read(_ path: String) throws(RecordError) -> Data {
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
