/// The size of an image: pixels by rows, channels fastest, one byte each.
public struct ImageShape: Codable, Equatable, Sendable, CustomStringConvertible {
  public var height: Int
  public var width: Int
  /// 1 for grey, 3 for colour.
  public var channels: Int

  /// A shape by its sizes.
  public init(height: Int, width: Int, channels: Int = 1) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// Number of bytes of an image.
  public var size: Int { height * width * channels }

  /// The channels that are read.
  static let allowedChannels = 1...4

  /// Such as `28x28` or `32x32x3`.
  public var description: String { "\(height)x\(width)" + (channels == 1 ? "" : "x\(channels)") }
}
