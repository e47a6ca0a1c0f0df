import Foundation
import MessagePassing
import RunRecords

/// Records as a user names them: files and directories of files.
enum RecordInput {
  /// Loads everything; what is no record inside a directory is named on stderr and left out.
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

  /// Whether `path` names a directory that is there.
  static func isDirectory(_ path: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.type] as? FileAttributeType == .typeDirectory
  }

  /// The records of one directory.
  static func load(directory: String) throws -> [RunRecord] {
    let contents = try RecordStore.load(directory: directory)
    for skipped in contents.skipped {
      StandardError.writeLine(
        "\(Program.name): note: \(skipped.file) left out: \(skipped.reason)")
    }
    return contents.records.map(\.record)
  }
}
