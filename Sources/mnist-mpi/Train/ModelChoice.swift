import ArgumentParser
import NeuralNetwork

/// The model that the options `--model` and `--hidden` name.
struct ModelChoice {
  /// `cnn`, `mlp`, or a list of layers; without spaces, in lower case.
  private let model: String
  /// The value of `--hidden`, without spaces.
  private let hidden: String?

  /// Takes the values of the two options; spaces and upper case are ignored.
  init(model: String, hidden: String?) {
    self.model = model.lowercased().filter { !$0.isWhitespace }
    self.hidden = hidden?.filter { !$0.isWhitespace }
  }

  private var hiddenWidths: [Int] {
    (hidden ?? "512,512").split(separator: ",", omittingEmptySubsequences: false).map {
      Int($0) ?? 0
    }
  }

  /// Makes the checks that do not need the data.
  ///
  /// - Throws: `ValidationError` naming the option.
  func validate() throws {
    if hidden != nil && model != "mlp" {
      throw ValidationError("--hidden belongs to --model mlp; leave it out or add that")
    }
    if let hidden, hiddenWidths.contains(where: { $0 < 1 || $0 > 1 << 20 }) {
      throw ValidationError("--hidden \(hidden): expected positive widths such as 512,512")
    }
  }

  /// The model for images of this size.
  ///
  /// - Throws: `ModelError` naming the layer that does not fit.
  func make(height: Int, width: Int, channels: Int = 1, classes: Int) throws -> Model {
    switch model {
    case "cnn": try .cnn(height: height, width: width, channels: channels, classes: classes)
    case "mlp":
      try .mlp(
        hidden: hiddenWidths, height: height, width: width, channels: channels, classes: classes)
    default:
      try Model(text: model, height: height, width: width, channels: channels, classes: classes)
    }
  }
}
