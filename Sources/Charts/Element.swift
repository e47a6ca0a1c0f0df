/// An element of SVG: its name, attributes and content, which are escaped when they are printed.
public struct Element: Equatable, Sendable {
  /// A part of the content.
  private enum Part: Equatable, Sendable {
    case element(Element)
    case text(String)
  }

  private struct Attribute: Equatable, Sendable {
    let name: String
    let value: String
  }

  private let name: String
  private let attributes: [Attribute]
  private var parts: [Part] = []

  /// An element with other elements inside.
  ///
  /// - Parameters:
  ///   - name: a name of SVG; it is printed as it is.
  ///   - attributes: names of SVG with values of any characters.
  public init(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ children: [Element] = []
  ) {
    self.name = name
    self.attributes = attributes.map { Attribute(name: $0.key, value: $0.value) }
    parts = children.map(Part.element)
  }

  /// An element with text inside, of any characters.
  public init(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String) {
    self.init(name, attributes)
    parts = [.text(text)]
  }

  /// Puts another element at the end.
  public mutating func append(_ child: Element) { parts.append(.element(child)) }

  /// The element as XML; every element inside it begins a line.
  public var text: String {
    var text = ""
    print(into: &text)
    return text
  }

  private func print(into text: inout String) {
    text += "<\(name)"
    for attribute in attributes {
      text += " \(attribute.name)=\"\(Self.escaped(attribute.value))\""
    }
    guard !parts.isEmpty else {
      text += "/>"
      return
    }
    text += ">"
    for part in parts {
      switch part {
      case .text(let content): text += Self.escaped(content)
      case .element(let child):
        text += "\n"
        child.print(into: &text)
      }
    }
    if case .element = parts.last { text += "\n" }
    text += "</\(name)>"
  }

  /// The text with entities for the characters that have a meaning in XML.
  ///
  /// Goes by scalars: `<` with a combining accent is one `Character`, which is not equal to `<`.
  /// Control characters, which XML does not allow, become U+FFFD.
  public static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\n", "\t": escaped.unicodeScalars.append(scalar)
      default: escaped.unicodeScalars.append(isPrintable(scalar) ? scalar : "\u{FFFD}")
      }
    }
    return escaped
  }

  /// Whether a scalar is neither a control character nor one that Unicode never assigns.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    return value >= 0x20 && !(0x7F...0x9F).contains(value) && !(0xFDD0...0xFDEF).contains(value)
      && value & 0xFFFE != 0xFFFE
  }
}
