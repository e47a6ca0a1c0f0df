import Foundation
import MessagePassing
import RunRecords

/// Reads records from the paths that a user enters: files, and directories of files.
enum RecordInput {
  /// Loads the records of all paths.
  ///
  /// A file in a directory that is not a record is left out, with a note on stderr.
  /// - Throws: an error for a path that cannot be read and for a file that is not a record.
  static func load(_ paths: [String]) throws -> [RunRecord] {
    var records: [RunRecord] = []
    for path in paths {
      if isDirectory(path) {
        records += try load(directory: path)
      } else {
        records += try RecordStore.load(files: [path]).map(\.record)
      }
    }
    return records
  }

  /// Whether `path` is an existing directory.
  static func isDirectory(_ path: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.type] as? FileAttributeType == .typeDirectory
  }

  /// Loads the records of one directory; notes on stderr name files that are not records.
  static func load(directory: String) throws -> [RunRecord] {
    try stored(in: directory).map(\.record)
  }

  /// Loads the records of one directory with their files; notes as for `load`.
  static func stored(in directory: String) throws -> [RecordStore.Stored] {
    let contents = try RecordStore.load(directory: directory)
    for skipped in contents.skipped {
      StandardError.writeLine(
        "\(Program.name): note: \(skipped.file) left out: \(skipped.reason)")
    }
    return contents.records
  }
}
