import ArgumentParser
import Dataset
import NeuralNetwork

/// The shape of generated images, as `--image` gives it: `28x28` or `32x32x3`.
extension ImageShape: ExpressibleByArgument {
  /// The shape of MNIST's images.
  static let mnist = ImageShape(height: 28, width: 28)

  /// Two sides of 1 to 1024 pixels and, after them, 1 to 4 channels (1 if they are left out).
  public init?(argument: String) {
    let parts = argument.split(separator: "x", omittingEmptySubsequences: false)
    let sizes = parts.compactMap { $0.allSatisfy(\.isASCII) ? Int($0) : nil }
    guard sizes.count == parts.count, (2...3).contains(sizes.count),
      sizes[..<2].allSatisfy({ (1...1024).contains($0) })
    else { return nil }
    let channels = sizes.count == 3 ? sizes[2] : 1
    guard (1...Samples.mostChannels).contains(channels) else { return nil }
    self.init(height: sizes[0], width: sizes[1], channels: channels)
  }

  public var defaultValueDescription: String { description }
}
