import Foundation
import RunRecords
import SystemSupport

/// Checks, before the training, of a file that the user requested.
enum OutputFile {
  /// Creates the file's directory if it does not exist, and checks that the file can be written.
  ///
  /// - Throws: `OutputError` if files cannot be created there, or if `path` is a directory.
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

/// An error about a file that cannot be written; its description is one line.
struct OutputError: Error, CustomStringConvertible {
  let description: String
}
