import Charts
import Testing

/// Elements of SVG and what they escape.
@Suite struct ElementTests {
  @Test func childrenBeginLines() {
    let element = Element(
      "g", ["id": "a", "class": "b"], [Element("path"), Element("text", ["x": "1"], text: "two")])
    #expect(
      element.text == """
        <g id="a" class="b">
        <path/>
        <text x="1">two</text>
        </g>
        """)
  }

  @Test func textAndAttributesAreEscaped() {
    let element = Element("text", ["class": "\"><script>&'"], text: "</text> & 'more'")
    #expect(
      element.text == "<text class=\"&quot;&gt;&lt;script&gt;&amp;&#39;\">"
        + "&lt;/text&gt; &amp; &#39;more&#39;</text>")
  }

  /// An accent and the character before it are one `Character`.
  @Test func charactersWithAccentsAreEscaped() {
    #expect(
      Array(Element.escaped("<\u{301}\"\u{338}&\u{20DD}").unicodeScalars)
        == Array("&lt;\u{301}&quot;\u{338}&amp;\u{20DD}".unicodeScalars))
  }

  @Test func otherCharactersStay() {
    let text = "Zürich 東京 🙂 a\tb\nc \u{200D}"
    #expect(Element.escaped(text) == text)
  }

  /// XML has no place for these, not even as entities.
  @Test func controlCharactersAreReplaced() {
    #expect(Element.escaped("a\u{0}b\u{1B}c\u{7F}d\u{FFFE}e\r") == "a�b�c�d�e�")
  }

  @Test func elementsAreAppended() {
    var element = Element("g")
    #expect(element.text == "<g/>")
    element.append(Element("path", ["d": "M0 0"]))
    #expect(element.text == "<g>\n<path d=\"M0 0\"/>\n</g>")
  }
}
