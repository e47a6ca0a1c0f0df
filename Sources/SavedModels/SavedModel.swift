public import Foundation
public import NeuralNetwork
import Safetensors
import SystemSupport

/// Trained weights with everything that is needed to use them: model, inputs and labels.
///
/// As a file it is in the safetensors format, which PyTorch and other programs read by the tensors' names.
/// The metadata hold the rest: `model` (the layers), `image` (such as `28x28` or `32x32x3`), `mean` and
/// `deviation` (a number for each channel) of `input`, and `labels` (the original label of each class).
public struct SavedModel: Equatable, Sendable {
  public let model: Model
  /// In canonical order, see `ParameterLayout.canonical(from:)`.
  public let weights: [Float]
  /// For each channel the mean of `byte / 255`.
  public let means: [Double]
  /// For each channel the standard deviation of `byte / 255`.
  public let deviations: [Double]
  /// The original label of each class.
  public let labels: [Int]

  /// A saved model by its parts, whose numbers must agree (precondition).
  public init(
    model: Model, weights: [Float], means: [Double], deviations: [Double], labels: [Int]
  ) {
    precondition(
      weights.count == ParameterLayout(of: model).count && labels.count == model.classes
        && means.count == model.input.channels && deviations.count == means.count,
      "\(weights.count) weights, \(labels.count) labels and \(means.count) channels")
    self.model = model
    self.weights = weights
    self.means = means
    self.deviations = deviations
    self.labels = labels
  }

  /// Writes the model to a temporary file and renames it to `path`.
  ///
  /// - Throws: `FileError` naming the path.
  public func write(to path: String) throws {
    let shape = model.input
    let file = SafetensorsFile(
      tensors: ParameterLayout(of: model).tensors.map {
        SafetensorsFile.Tensor(
          name: $0.name, shape: $0.canonicalShape, values: Array(weights[$0.range]))
      },
      metadata: [
        "format": "pt", "model": model.text,
        "image": "\(shape.height)x\(shape.width)"
          + (shape.channels == 1 ? "" : "x\(shape.channels)"),
        "input": "(byte / 255 - mean) / deviation", "mean": Self.list(means),
        "deviation": Self.list(deviations), "labels": Self.list(labels),
      ])
    try SafeFile.replace(path, with: try file.encoded(), content: "weights")
  }

  private static func list(_ values: [some Any]) -> String {
    values.map { "\($0)" }.joined(separator: ",")
  }
}

/// Why a file of weights cannot be used, in one line that begins with its path.
public struct SavedModelError: Error, CustomStringConvertible, Equatable, Sendable {
  public let description: String

  init(_ path: String, _ problem: String) { description = "\(path): \(problem)" }
}

extension SavedModel {
  /// Reads and checks a file that `write(to:)` wrote.
  ///
  /// - Throws: `SavedModelError` for a file that cannot be read, that is damaged, and whose tensors are not
  ///   those of its model.
  public init(path: String) throws(SavedModelError) {
    let data: Data
    do { data = try SafeFile.read(path) } catch {
      throw SavedModelError(path, "cannot be read: \(error.reason)")
    }
    try self.init(decoding: data, path: path)
  }

  /// Decodes the bytes of a file.
  ///
  /// - Parameter path: the name of the file in errors.
  public init(decoding data: Data, path: String) throws(SavedModelError) {
    let file: SafetensorsFile
    do { file = try SafetensorsFile(decoding: data) } catch {
      throw SavedModelError(path, "\(error)")
    }
    let metadata = SavedMetadata(values: file.metadata, path: path)
    let sizes = try metadata.sizes()
    labels = try metadata.labels()
    means = try metadata.numbers("mean", sizes[2]) { $0.isFinite }
    deviations = try metadata.numbers("deviation", sizes[2]) { $0.isFinite && $0 > 0 }
    do {
      model = try Model(
        text: try metadata.text("model"), height: sizes[0], width: sizes[1], channels: sizes[2],
        classes: labels.count)
    } catch let error as SavedModelError { throw error } catch {
      throw SavedModelError(path, "its metadata describe no model: \(error)")
    }
    let layout = ParameterLayout(of: model)
    var weights: [Float] = []
    for expected in layout.tensors {
      guard let tensor = file.tensors.first(where: { $0.name == expected.name }) else {
        throw SavedModelError(path, "has no tensor \(expected.name), which its model has")
      }
      guard tensor.shape == expected.canonicalShape else {
        throw SavedModelError(
          path,
          "tensor \(expected.name) has the shape \(tensor.shape); its model has \(expected.canonicalShape)"
        )
      }
      guard tensor.values.allSatisfy(\.isFinite) else {
        throw SavedModelError(path, "tensor \(expected.name) has values that are not finite")
      }
      weights += tensor.values
    }
    guard file.tensors.count == layout.tensors.count else {
      let names = Set(layout.tensors.map(\.name))
      let other = file.tensors.first { !names.contains($0.name) }?.name.printable ?? "twice"
      throw SavedModelError(path, "has a tensor \(other), which its model has not")
    }
    self.weights = weights
  }

  /// Says in which way another model differs: the image, the classes, or the first layer; nil if it does not.
  public func difference(from other: Model) -> String? {
    let (own, wanted) = (model.input, other.input)
    guard own == wanted else {
      return "is for images of \(own.height) x \(own.width) x \(own.channels), not "
        + "\(wanted.height) x \(wanted.width) x \(wanted.channels)"
    }
    guard model.classes == other.classes else {
      return "has \(model.classes) classes, not \(other.classes)"
    }
    for index in 0..<max(model.layers.count, other.layers.count) {
      let pair = [model, other].map {
        index < $0.layers.count ? "\($0.layers[index].layer)" : "missing"
      }
      if pair[0] != pair[1] { return "layer \(index + 1) is \(pair[0]), not \(pair[1])" }
    }
    return nil
  }
}

/// The metadata of a file, which may lack anything or hold anything.
private struct SavedMetadata {
  let values: [String: String]
  let path: String

  func text(_ key: String) throws(SavedModelError) -> String {
    guard let value = values[key] else {
      throw SavedModelError(
        path, "has no \(key) in its metadata; expected weights that mnist-mpi --save wrote")
    }
    return value
  }

  private func wrong(_ key: String) throws(SavedModelError) -> Never {
    let value = String((values[key] ?? "").prefix(40)).printable
    throw SavedModelError(path, "its metadata have the \(key) \(value), which is not valid")
  }

  /// Height, width and channels.
  func sizes() throws(SavedModelError) -> [Int] {
    let parts = try text("image").split(separator: "x", omittingEmptySubsequences: false)
    let sizes = parts.compactMap { Int($0) } + (parts.count == 2 ? [1] : [])
    guard sizes.count == 3, sizes.allSatisfy({ (1...65_536).contains($0) }),
      sizes[2] <= Samples.mostChannels
    else { try wrong("image") }
    return sizes
  }

  /// The labels, which are different numbers.
  func labels() throws(SavedModelError) -> [Int] {
    let parts = try text("labels").split(separator: ",", omittingEmptySubsequences: false)
    let labels = parts.compactMap { Int($0) }
    guard labels.count == parts.count, Set(labels).count == labels.count, labels.count <= 256 else {
      try wrong("labels")
    }
    return labels
  }

  func numbers(
    _ key: String, _ count: Int, _ isValid: (Double) -> Bool
  ) throws(SavedModelError) -> [Double] {
    let parts = try text(key).split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0) }
    guard numbers.count == parts.count, numbers.count == count, numbers.allSatisfy(isValid) else {
      try wrong(key)
    }
    return numbers
  }
}
