import Foundation
import RunRecords
import SystemSupport

/// A file that the user asked for, tried before training.
enum OutputFile {
  /// Makes sure that the file's directory exists and takes files, and that no directory is in its
  /// place.
  static func prepare(_ path: String, option: String) throws {
    let url = URL(filePath: path)
    if RecordInput.isDirectory(path) {
      throw OutputError(description: "\(option) \(path): is a directory; expected a file to write")
    }
    do {
      try SafeFile.prepareDirectory(url.deletingLastPathComponent().path)
    } catch {
      throw OutputError(description: "\(option) \(path): \(error)")
    }
  }
}

/// A file that cannot be written, in one line.
struct OutputError: Error, CustomStringConvertible {
  let description: String
}
