import Testing
import TextTables

struct SecondsTextTests {
  @Test func shortRunsHaveMoreDigits() {
    #expect(SecondsText.text(0.04251) == "0.0425")
    #expect(SecondsText.text(2) == "2.00")
    #expect(SecondsText.text(415) == "415.00")
  }

  /// All numbers of a column have the same number of digits, so that they can be compared.
  @Test func partsHaveTheDigitsOfTheWhole() {
    #expect(SecondsText.text(0.04, of: 17.3) == "0.04")
    #expect(SecondsText.text(0.04, of: 0.3) == "0.0400")
  }

  @Test func missingSecondsAreADash() {
    #expect(SecondsText.text(nil) == "-")
    #expect(SecondsText.text(.nan, of: 1) == "-")
  }
}
