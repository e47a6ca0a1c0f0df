import FoundationEssentials
import SystemSupport

/// The output formats of a comparison.
public enum ComparisonFormat: String, CaseIterable, Codable, Sendable {
  case text, markdown, csv, json
}

extension Comparison {
  /// The comparison in one of the formats, without a line break at the end.
  ///
  /// Throws `NotFiniteError` if the JSON would hold a number that is not finite.
  public func render(_ format: ComparisonFormat) throws -> String {
    switch format {
    case .text: ComparisonText.plain(self)
    case .markdown: ComparisonText.markdown(self)
    case .csv: ComparisonCSV.text(self)
    case .json: try SortedJSON.text(self)
    }
  }
}
