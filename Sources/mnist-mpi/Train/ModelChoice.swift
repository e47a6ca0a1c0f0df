import ArgumentParser
import NeuralNetwork

/// A model as the command line names it.
struct ModelChoice {
  /// `cnn`, `mlp`, or layers as text.
  let model: String
  /// The value of `--hidden`.
  let hidden: String?

  private var hiddenWidths: [Int] {
    (hidden ?? "512,512").split(separator: ",", omittingEmptySubsequences: false).map {
      Int($0) ?? 0
    }
  }

  /// Checks what can be checked before the data is known.
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
  func make(height: Int, width: Int, classes: Int) throws -> Model {
    switch model {
    case "cnn": try .cnn(height: height, width: width, classes: classes)
    case "mlp": try .mlp(hidden: hiddenWidths, height: height, width: width, classes: classes)
    default: try Model(text: model, height: height, width: width, classes: classes)
    }
  }
}
