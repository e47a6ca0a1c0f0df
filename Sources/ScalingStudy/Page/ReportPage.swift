import Charts
import Mustache

/// A report as an HTML page: one file that needs no other one.
///
/// `report.mustache` has the text of the page, `PageContext` the values. The template names only
/// properties of the context, which a test compares, because Mustache prints an unknown name as
/// nothing.
package struct ReportPage {
  /// The template, which is part of the program.
  package static let templateText = String(
    decoding: PackageResources.report_mustache, as: UTF8.self)

  private static let template: MustacheTemplate = {
    MustacheContentTypes.register(ScalarEscape(), named: ScalarEscape.name)
    do {
      return try MustacheTemplate(string: templateText)
    } catch {
      preconditionFailure("report.mustache: \(error)")
    }
  }()

  /// The values that the template names, as nested structs, arrays and optionals.
  package let context: Any

  /// The page of a report.
  package init(_ report: StudyReport) { context = PageContext(report) }

  /// The page, without a last line break.
  package var html: String {
    var html = Self.template.render(context)
    while html.last?.isNewline == true { html.removeLast() }
    return html
  }
}

/// Escapes values by Unicode scalars; the template asks for it in its first line.
///
/// Mustache itself compares characters, and does not find a quote that a combining accent follows.
private struct ScalarEscape: MustacheContentType {
  static let name = "SCALARS"

  func escapeText(_ text: String) -> String { Element.escaped(text) }
}
