import Foundation
import FoundationXML
import RunRecords
import ScalingStudy
import Testing

/// A page that was parsed: its elements, attributes and text.
///
/// The page is HTML whose elements are all closed, so a parser of XML reads it too, and accepts no `<`
/// or `&` that belongs to no element or entity.
final class ParsedPage: NSObject, XMLParserDelegate {
  private(set) var elements: [String] = []
  private(set) var attributes: [(name: String, value: String)] = []
  private(set) var text = ""
  private(set) var error: String?

  init(_ html: String) {
    super.init()
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    if !parser.parse() {
      error = "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "no reason")"
    }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes found: [String: String]
  ) {
    elements.append(name)
    attributes += found.map { ($0.key, $0.value) }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}

/// A tag of a Mustache template.
struct TemplateTag: Hashable, CustomStringConvertible {
  /// The sections around the tag, outermost first.
  let sections: [String]
  let name: String

  var description: String { (sections + [name]).joined(separator: ".") }

  /// All names of a template that print a value or begin a section.
  ///
  /// - Throws: `MissingRow` for a section that is not closed where it should be.
  static func all(in template: String) throws -> [TemplateTag] {
    var tags: [TemplateTag] = []
    var sections: [String] = []
    for part in template.components(separatedBy: "{{").dropFirst() {
      guard let end = part.range(of: "}}") else { throw MissingRow(what: "}} after \(part)") }
      let words = part[..<end.lowerBound].trimmingCharacters(in: CharacterSet(charactersIn: "{ "))
      let name = String(words.drop { "#^/%".contains($0) })
      switch words.first {
      case "%": continue
      case "/":
        guard sections.popLast() == name else { throw MissingRow(what: "section \(name)") }
      case "#", "^":
        tags.append(TemplateTag(sections: sections, name: name))
        sections.append(name)
      default:
        if name != "." { tags.append(TemplateTag(sections: sections, name: name)) }
      }
    }
    guard sections.isEmpty else { throw MissingRow(what: "end of \(sections)") }
    return tags
  }

  /// Whether a property of this name is there, in the value of a section or of one around it.
  ///
  /// Nil if the context has no value for one of the sections, so that it says nothing about the tag.
  func isSupplied(by context: Any) -> Bool? {
    var stacks: [[Any]] = [[context]]
    for section in sections {
      stacks = stacks.flatMap { stack in
        Self.values(of: section, in: stack).map { stack + [$0] }
      }
    }
    guard !stacks.isEmpty else { return nil }
    return stacks.allSatisfy { stack in stack.contains { Self.property(name, of: $0) != nil } }
  }

  /// The values that a section has, one for each item.
  private static func values(of name: String, in stack: [Any]) -> [Any] {
    guard let found = stack.reversed().lazy.compactMap({ property(name, of: $0) }).first else {
      return []
    }
    let mirror = Mirror(reflecting: found)
    switch mirror.displayStyle {
    case .optional: return mirror.children.map(\.value)
    case .collection: return mirror.children.map(\.value)
    default: return [found]
    }
  }

  private static func property(_ path: String, of value: Any) -> Any? {
    var value = value
    for name in path.split(separator: ".") {
      let children = Mirror(reflecting: value).children
      guard let child = children.first(where: { $0.label == String(name) }) else { return nil }
      value = child.value
    }
    return value
  }
}

/// Reports that together have every part of a page.
enum PageReports {
  /// A step of a trace of one rank.
  static func step() throws -> StepDrawing {
    let span = TraceSpan(.forward, step: 6, start: 0, end: 0.001)
    return try StepDrawing(
      of: RunTrace(
        model: "mlp", run: "", tracks: [RunTrace.Track(host: "alpha", spans: [span])]))
  }

  /// Seven blocks, of which other programs disturbed the third; two exchange methods; findings.
  static func study(
    failures: [StudyFailure] = [
      StudyFailure(
        file: "failed/x.json", configuration: "cnn-node", block: 4, exitCode: 139, attempt: 2)
    ]
  ) -> StudyReport {
    let records = (1...7).flatMap { block in
      let factor = 1 + 0.01 * Double(block)
      return blockRecords(block, factor: factor, isDisturbed: block == 3)
        + [
          studyRecord(Times.pair.map { $0.scaled(0.9 * factor) }, Place(block: block, sync: "node"))
        ]
    }
    return StudyReport(
      analyse(records), failures: failures, end: .blocks(7),
      findings: ["warning: 2 cores are shared"])
  }

  /// One run of each rank count, of two epochs, outside a study; a fifth law can be fitted.
  static func singles(_ counts: [Int] = [1, 2, 4, 8, 16]) -> StudyReport {
    StudyReport(
      analyse(
        counts.map { count in
          let seconds = 50 / Double(count) + 10 + 3 * Double(count - 1)
          return studyRecord(
            [RankTimes](repeating: RankTimes(forward: seconds), count: count),
            Place(block: nil, sync: "node")
          ) { record in
            var second = record.epochs[0]
            (second.epoch, second.trainingLoss) = (2, 0.1)
            record.epochs.append(second)
          }
        }))
  }
}
