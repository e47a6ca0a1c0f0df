import Foundation

/// Files that appear whole or not at all.
public enum SafeFile {
  /// Writes beside `path` and renames into place; throws `RecordError` naming the path.
  public static func replace(_ path: String, with data: Data) throws(RecordError) {
    try RecordFiles.replace(path, with: data)
  }
}
