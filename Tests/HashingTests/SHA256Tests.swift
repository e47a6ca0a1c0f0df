import Hashing
import Testing

struct SHA256Tests {
  /// The examples of FIPS 180-4.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  ])
  func knownAnswers(text: String, expected: String) {
    #expect(SHA256.hex(of: Array(text.utf8)) == expected)
  }

  @Test func piecesGiveTheHashOfTheWhole() {
    let bytes = (0..<1000).map { UInt8($0 % 251) }
    let hash = SHA256()
    bytes[..<333].withUnsafeBytes { hash.update($0) }
    bytes[333...].withUnsafeBytes { hash.update($0) }
    #expect(hash.finish() == SHA256.hex(of: bytes))
  }

  @Test func aWordIsTheBeginningOfTheHashAndTheNextHashIsEmpty() {
    let hash = SHA256()
    for text in ["abc", "", "abc"] {
      Array(text.utf8).withUnsafeBytes { hash.update($0) }
      #expect(hash.finishWord() == (text.isEmpty ? 0xe3b0_c442_98fc_1c14 : 0xba78_16bf_8f01_cfea))
    }
  }

  @Test func integersAreLittleEndian() {
    let hash = SHA256()
    hash.update(integers: [1, 256])
    #expect(hash.finish() == SHA256.hex(of: [1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
  }
}
