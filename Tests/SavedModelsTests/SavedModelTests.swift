import Foundation
import NeuralNetwork
import SavedModels
import TestSupport
import Testing

struct SavedModelTests {
  private static func model(_ text: String = "conv3x3:2,relu,fc:classes") throws -> Model {
    try Model(text: text, height: 5, width: 4, channels: 3, classes: 3)
  }

  private static func saved(_ model: Model) -> SavedModel {
    let weights = (0..<ParameterLayout(of: model).count).map { Float($0) / 8 - 3 }
    return SavedModel(
      model: model, weights: weights, means: [0.1, 0.25, 0.5], deviations: [0.3, 0.2, 0.1],
      labels: [1, 5, 26])
  }

  @Test func isReadAsItWasWritten() throws {
    let directory = try TemporaryDirectory()
    let saved = Self.saved(try Self.model())
    try saved.write(to: directory.path("w.safetensors"))
    let read = try SavedModel(path: directory.path("w.safetensors"))
    #expect(read.weights == saved.weights && read.labels == [1, 5, 26])
    #expect(read.means == saved.means && read.deviations == saved.deviations)
    #expect(read.difference(from: saved.model) == nil && read.model.input == saved.model.input)
  }

  @Test func theFirstDifferenceIsNamed() throws {
    let saved = Self.saved(try Self.model())
    #expect(
      saved.difference(from: try Self.model("conv3x3:2,relu,fc:9,fc:classes"))
        == "layer 3 is fc:3, not fc:9")
    #expect(
      saved.difference(from: try Self.model("conv3x3:4,relu,fc:classes"))
        == "layer 1 is conv3x3:2, not conv3x3:4")
    #expect(
      saved.difference(
        from: try Model(text: "fc:classes", height: 5, width: 4, channels: 1, classes: 3))
        == "is for images of 5 x 4 x 3, not 5 x 4 x 1")
    #expect(
      saved.difference(
        from: try Model(text: "fc:classes", height: 5, width: 4, channels: 3, classes: 10))
        == "has 3 classes, not 10")
  }

  /// A change of the file's text, and words of the expected error.
  static let changes: [(from: String, to: String, words: String)] = [
    ("\"model\":\"conv3x3:2,", "\"model\":\"conv3x3:3,", "tensor conv1.weight has the shape"),
    ("\"model\":\"conv", "\"model\":\"soup", "describe no model"),
    ("\"model\":", "\"m0del\":", "has no model in its metadata"),
    ("\"labels\":\"1,5,26\"", "\"labels\":\"1,5,5\" ", "labels 1,5,5"),
    ("\"mean\":\"0.1,", "\"mean\":\"nan,", "mean nan"),
    ("\"deviation\":\"0.3,", "\"deviation\":\"0.0,", "deviation 0.0"),
    ("\"image\":\"5x4x3\"", "\"image\":\"5x4x9\"", "image 5x4x9"),
    ("\"image\":\"5x4x3\"", "\"image\":\"5x4x1\"", "is not valid"),
    ("\"conv1.bias\"", "\"conv1.vias\"", "has no tensor conv1.bias"),
  ]

  @Test(arguments: changes.indices) func anAlteredFileIsRefused(index: Int) throws {
    let change = Self.changes[index]
    let directory = try TemporaryDirectory()
    let path = directory.path("w.safetensors")
    try Self.saved(try Self.model()).write(to: path)
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    let range = try #require(data.range(of: Data(change.from.utf8)))
    data.replaceSubrange(range, with: Data(change.to.utf8))
    let error = #expect(throws: SavedModelError.self) {
      try SavedModel(decoding: data, path: path)
    }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("\(path): ") && text.contains(change.words), "\(text)")
    #expect(!text.contains("\n"))
  }

  @Test func everyTruncationIsRefused() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("w.safetensors")
    try Self.saved(try Self.model()).write(to: path)
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    for length in 0..<data.count {
      #expect(throws: SavedModelError.self) {
        try SavedModel(decoding: data.prefix(length), path: path)
      }
    }
  }

  @Test func missingFilesAreNamed() {
    let error = #expect(throws: SavedModelError.self) {
      try SavedModel(path: "/nowhere/w.safetensors")
    }
    #expect(error?.description.hasPrefix("/nowhere/w.safetensors: cannot be read") == true)
  }
}
