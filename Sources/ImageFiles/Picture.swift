/// A picture as red, green, blue and alpha, a byte each, row after row.
public struct Picture: Equatable, Sendable {
  public let height: Int
  public let width: Int
  /// `[height, width, 4]`.
  public let bytes: [UInt8]

  /// A picture by its pixels.
  init(height: Int, width: Int, bytes: [UInt8]) {
    precondition(bytes.count == 4 * height * width, "\(bytes.count) bytes for \(height) x \(width)")
    self.height = height
    self.width = width
    self.bytes = bytes
  }

  /// The picture with the channels of a model: 1 (grey), 3 (red, green, blue) or 4 (with alpha).
  ///
  /// Unless alpha is a channel, transparent parts are laid on white. Grey is luma of ITU-R BT.601.
  /// - Returns: `[height, width, channels]`; nil for another number of channels.
  public func pixels(channels: Int) -> [UInt8]? {
    if channels == 4 { return bytes }
    guard channels == 1 || channels == 3 else { return nil }
    return stride(from: 0, to: bytes.count, by: 4).flatMap { start -> [UInt8] in
      let alpha = Int(bytes[start + 3])
      let colour = bytes[start..<(start + 3)].map {
        (Int($0) * alpha + 255 * (255 - alpha) + 127) / 255
      }
      if channels == 3 { return colour.map { UInt8($0) } }
      // Weights of 0.299, 0.587 and 0.114 in units of 2^-16.
      let sum = 19_595 * colour[0] + 38_470 * colour[1] + 7_471 * colour[2]
      return [UInt8((sum + 1 << 15) >> 16)]
    }
  }
}

/// Why a picture cannot be used, in one line that begins with its path.
public struct PictureError: Error, CustomStringConvertible, Equatable, Sendable {
  public let description: String

  init(_ path: String, _ problem: String) { description = "\(path): \(problem)" }
}

/// Whether the pixels of a picture are inverted: dark digits on white paper become light on black.
public enum Inversion: String, CaseIterable, Sendable {
  /// Where the border is light and the model was trained on images that are dark on average.
  case auto
  case yes
  case no

  /// Whether to invert `pixels`, which have the shape `[height, width, channels]`.
  ///
  /// - Parameter means: for each channel the mean of `byte / 255` over the training images.
  public func applies(
    to pixels: [UInt8], height: Int, width: Int, means: [Double]
  ) -> Bool {
    switch self {
    case .yes: return true
    case .no: return false
    case .auto:
      let channels = means.count
      let border = (0..<(height * width)).filter { pixel in
        let (row, column) = (pixel / width, pixel % width)
        return row == 0 || row == height - 1 || column == 0 || column == width - 1
      }
      let sum = border.reduce(0) { sum, pixel in
        pixels[(pixel * channels)..<((pixel + 1) * channels)].reduce(sum) { $0 + Int($1) }
      }
      let isDark = means.reduce(0, +) < 0.5 * Double(channels)
      return isDark && 2 * sum > 255 * border.count * channels
    }
  }
}
