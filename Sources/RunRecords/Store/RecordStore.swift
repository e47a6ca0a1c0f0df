import FoundationEssentials
import SystemSupport

/// Reads and writes run records as files: one JSON file per run, in any directory.
public enum RecordStore {
  /// A record and the path of its file.
  public struct Stored: Equatable, Sendable {
    public let file: String
    public let record: RunRecord
  }

  /// A file that is not a record, and the reason.
  public struct Skipped: Equatable, Sendable {
    public let file: String
    public let reason: String
  }

  /// The records of a directory, in order of file names, and the skipped files.
  public struct Contents: Equatable, Sendable {
    public let records: [Stored]
    public let skipped: [Skipped]
  }

  /// Writes a record under the name of its run and returns the path.
  ///
  /// One rank calls it. The directory is created if necessary. Readers see the whole file or none.
  /// Throws `RecordError`.
  @discardableResult
  public static func write(_ record: RunRecord, into directory: String) throws(RecordError)
    -> String
  {
    let data = try RecordCoding.encode(record, pretty: true)
    let path = SafeFile.join(directory, fileName(of: record))
    do throws(FileError) {
      try SafeFile.makeDirectory(directory)
      try replace(path, with: data)
    } catch {
      throw RecordError(error)
    }
    return path
  }

  /// Writes a record to a file of any name.
  ///
  /// Readers see the whole file or none. Throws `RecordError`.
  public static func write(_ record: RunRecord, toFile path: String) throws(RecordError) {
    let data = try RecordCoding.encode(record, pretty: true)
    do {
      try replace(path, with: data)
    } catch {
      throw RecordError(error)
    }
  }

  private static func replace(_ path: String, with data: Data) throws(FileError) {
    try SafeFile.replace(path, with: data + [UInt8(ascii: "\n")], content: "record")
  }

  /// Creates the directory and checks that files can be created in it, before a run starts.
  ///
  /// Throws `RecordError.directory`, with the path and the system's reason.
  public static func prepare(_ directory: String) throws(RecordError) {
    do {
      try SafeFile.prepareDirectory(directory)
    } catch {
      throw RecordError(error)
    }
  }

  /// Reads all records of a directory: the files ending in `.json` that are not hidden.
  ///
  /// A file that is not a record is listed as skipped with a reason. Throws `RecordError.read` only
  /// if the directory itself cannot be read.
  public static func load(directory: String) throws(RecordError) -> Contents {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: directory)
    } catch {
      throw .read(path: directory, reason: "no such directory, or not readable")
    }
    var records: [Stored] = []
    var skipped: [Skipped] = []
    for name in names.sorted() where name.hasSuffix(".json") && !name.hasPrefix(".") {
      let path = SafeFile.join(directory, name)
      do throws(RecordError) {
        records.append(Stored(file: path, record: try load(file: path)))
      } catch {
        skipped.append(Skipped(file: path, reason: error.reason))
      }
    }
    return Contents(records: records, skipped: skipped)
  }

  /// Reads the named files.
  ///
  /// Throws `RecordError` with the path of the first that is not a record.
  public static func load(files: [String]) throws(RecordError) -> [Stored] {
    var records: [Stored] = []
    for file in files {
      records.append(Stored(file: file, record: try load(file: file)))
    }
    return records
  }

  /// The name of a record's file, such as `20261123T181500Z-cnn-np2-1a2b3c4d.json`.
  public static func fileName(of record: RunRecord) -> String {
    let time = record.run.startedAt.filter { $0.isASCII && ($0.isNumber || $0.isLetter) }
    let model = String(
      record.config.model.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    let id = record.run.id.lowercased().filter { $0.isASCII && $0.isHexDigit }.prefix(8)
    return "\(time)-\(model)-np\(record.run.ranks)-\(id).json"
  }

  private static func load(file: String) throws(RecordError) -> RunRecord {
    let data: Data
    do {
      data = try SafeFile.read(file)
    } catch {
      throw RecordError(error)
    }
    switch RecordCoding.decodeRecord(data) {
    case .success(let record): return record
    case .failure(let reason): throw .noRecord(path: file, reason: reason.text)
    }
  }
}

extension RecordError {
  /// The reason without the path.
  fileprivate var reason: String {
    switch self {
    case .directory(_, let reason), .write(_, let reason), .read(_, let reason),
      .noRecord(_, let reason):
      reason
    case .notFinite(let key): "\(key) is not a finite number"
    }
  }
}
