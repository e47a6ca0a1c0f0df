import FoundationEssentials
import SystemSupport

/// The forms in which a comparison is printed.
public enum ComparisonFormat: String, CaseIterable, Codable, Sendable {
  case text, markdown, csv, json
}

extension Comparison {
  /// The comparison in one of its forms, without a line break at the end.
  ///
  /// Throws `NotFiniteError` for JSON of records that hold such a number.
  public func render(_ format: ComparisonFormat) throws -> String {
    switch format {
    case .text: ComparisonText.plain(self)
    case .markdown: ComparisonText.markdown(self)
    case .csv: ComparisonCSV.text(self)
    case .json: try SortedJSON.text(self)
    }
  }
}
