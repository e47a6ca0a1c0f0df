import Foundation
import Hashing
import ImageFiles
import TestSupport
import Testing

/// Pictures that Pillow wrote (Tests/Oracle/pictures.py).
struct PictureTests {
  struct Expected: Decodable, Sendable {
    let label: Int
    let inverted: Bool
    let grey: String
  }

  struct Facts: Decodable {
    let good: [String: Expected]
    let bad: [String: [String]]

    static func read() throws -> Facts { try Repository.oracle("pictures.json", as: Facts.self) }
  }

  private static let folder = Repository.oracle + "/pictures"
  static let good = ((try? Facts.read())?.good.keys.sorted()) ?? []
  static let bad = ((try? Facts.read())?.bad.keys.sorted()) ?? []

  @Test func theCasesAreThere() { #expect(Self.good.count == 10 && Self.bad.count >= 9) }

  @Test(arguments: good) func hasThePixelsThatPillowSees(name: String) throws {
    let expected = try #require(try Facts.read().good[name])
    let picture = try PictureFile.read("\(Self.folder)/\(name)", height: 28, width: 28)
    let grey = try #require(picture.pixels(channels: 1))
    #expect(SHA256.hex(of: grey) == expected.grey)
    let inverts = Inversion.auto.applies(to: grey, height: 28, width: 28, means: [0.13])
    #expect(inverts == expected.inverted)
    let colour = try #require(picture.pixels(channels: 3))
    #expect(colour.count == 3 * 784 && picture.pixels(channels: 4) == picture.bytes)
    #expect(picture.pixels(channels: 2) == nil)
  }

  @Test(arguments: bad) func isRefusedInOneLine(name: String) throws {
    let words = try #require(try Facts.read().bad[name])
    let path = "\(Self.folder)/\(name)"
    let error = #expect(throws: PictureError.self) {
      try PictureFile.read(path, height: 28, width: 28)
    }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("\(path): ") && !text.contains("\n"))
    for word in words { #expect(text.contains(word), "\(text)") }
  }

  @Test func missingFilesAreNamed() {
    let error = #expect(throws: PictureError.self) {
      try PictureFile.read("/nowhere/digit.png", height: 28, width: 28)
    }
    #expect(error?.description.hasPrefix("/nowhere/digit.png: cannot be read: ") == true)
  }

  @Test(arguments: ["0-grey.png", "3-palette.png", "5-grey16.png", "7-p5.pgm"])
  func everyTruncationIsAnErrorOrTheWholePicture(name: String) throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/\(name)"))
    let picture = try PictureFile.read(whole, path: name, height: 28, width: 28)
    for length in 0..<whole.count {
      // Behind the last pixel a PNG file has a mark of its end, which libpng can do without.
      if let read = try? PictureFile.read(
        whole.prefix(length), path: name, height: 28, width: 28)
      {
        #expect(read == picture && length > whole.count - 40, "\(length) bytes")
      }
    }
  }

  @Test func inversionFollowsTheBorderAndTheTraining() {
    let paper = [UInt8](repeating: 240, count: 25)
    var ink = paper
    ink[12] = 0
    #expect(Inversion.auto.applies(to: ink, height: 5, width: 5, means: [0.13]))
    #expect(!Inversion.auto.applies(to: ink, height: 5, width: 5, means: [0.7]))
    #expect(!Inversion.auto.applies(to: ink.map { 255 - $0 }, height: 5, width: 5, means: [0.13]))
    #expect(!Inversion.no.applies(to: ink, height: 5, width: 5, means: [0.13]))
    #expect(Inversion.yes.applies(to: ink.map { 255 - $0 }, height: 5, width: 5, means: [0.13]))
  }
}
