extension Model {
  /// A model from its layers as text, separated by commas, in the format of `text`.
  ///
  /// The layers are: `conv5x5:20`, a convolution with a square kernel and 20 outputs; `relu`;
  /// `maxpool2`; `fc:128`, a linear layer; `fc:classes`, a linear layer with one output per class.
  /// For example `conv3x3:32,relu,maxpool2,fc:classes`. Spaces and upper case are ignored.
  /// - Throws: `ModelError` naming the layer that cannot be read or does not fit.
  public init(
    text: String, height: Int, width: Int, channels: Int = 1, classes: Int
  ) throws {
    let words = text.lowercased().filter { !$0.isWhitespace }
      .split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    // So that the error is one line, whatever the text has.
    func escaped(_ text: String) -> String {
      text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined()
    }
    let layers = try words.enumerated().map { index, word in
      guard let layer = Layer(text: word, classes: classes) else {
        throw ModelError(
          description: "model \(escaped(words.joined(separator: ","))): layer \(index + 1) is "
            + "'\(escaped(word))'; expected "
            + "conv3x3:32, relu, maxpool2, fc:128 or fc:classes (any sizes)")
      }
      return layer
    }
    try self.init(
      name: "custom", layers: layers, height: height, width: width, channels: channels,
      classes: classes)
  }
}

extension Layer {
  /// The layer that a word such as `conv3x3:32` describes, or nil.
  init?(text: String, classes: Int) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let outputs = parts.count == 2 ? (parts[1] == "classes" ? classes : Self.size(parts[1])) : nil
    if text == "relu" {
      self = .relu
    } else if parts.count == 1, text.hasPrefix("maxpool"), let size = Self.size(text.dropFirst(7)) {
      self = .maxPool(size: size)
    } else if parts[0] == "fc", let outputs {
      self = .fullyConnected(outputs: outputs)
    } else if parts[0].hasPrefix("conv"), let outputs {
      let sides = parts[0].dropFirst(4).split(separator: "x", omittingEmptySubsequences: false)
      guard sides.count == 2, sides[0] == sides[1], let kernel = Self.size(sides[0]) else {
        return nil
      }
      self = .convolution(kernel: kernel, outputs: outputs)
    } else {
      return nil
    }
  }

  /// The value of `text` if it is a positive number of at most six digits, else nil.
  private static func size(_ text: some StringProtocol) -> Int? {
    guard text.count <= 6, text.allSatisfy({ $0.isASCII && $0.isNumber }), let size = Int(text)
    else { return nil }
    return size > 0 ? size : nil
  }
}
