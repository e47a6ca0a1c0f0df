import FoundationEssentials
import SystemSupport

/// Encodes records as JSON and decodes them.
enum RecordCoding {
  /// Encodes a record or a part of one.
  ///
  /// - Throws: `RecordError.notFinite`.
  static func encode(_ value: some Encodable, pretty: Bool) throws(RecordError) -> Data {
    do {
      return try SortedJSON.encode(value, pretty: pretty)
    } catch {
      throw .notFinite(key: error.key)
    }
  }

  /// Decodes a record; the failure holds the reason, without the file's name.
  static func decodeRecord(_ data: Data) -> Result<RunRecord, Reason> {
    struct Head: Decodable { let format: Int }
    let decoder = JSONDecoder()
    do {
      let head = try decoder.decode(Head.self, from: data)
      guard head.format == RunRecord.currentFormat else {
        return .failure(
          Reason("record of format \(head.format), this program reads \(RunRecord.currentFormat)"))
      }
      return .success(try decoder.decode(RunRecord.self, from: data))
    } catch let error as DecodingError {
      return .failure(Reason(text(of: error)))
    } catch {
      return .failure(Reason("not JSON"))
    }
  }

  /// Why a file is not a record.
  struct Reason: Error {
    let text: String
    init(_ text: String) { self.text = text }
  }

  private static func text(of error: DecodingError) -> String {
    switch error {
    case .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? "not JSON"
        : "no run record: \(SortedJSON.name(of: context.codingPath)) has an unknown value"
    case .keyNotFound(let key, let context):
      "no run record: \(SortedJSON.name(of: context.codingPath + [key])) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      context.codingPath.isEmpty
        ? "no run record"
        : "no run record: \(SortedJSON.name(of: context.codingPath)) has the wrong type"
    @unknown default: "no run record"
    }
  }
}
