public import NeuralNetwork
import Safetensors
import SystemSupport

/// Trained weights as a safetensors file, which PyTorch and other programs read by the tensors' names.
public enum WeightFile {
  /// Writes the weights to a temporary file and renames it to `path`.
  ///
  /// - Parameters:
  ///   - weights: in canonical order, see `ParameterLayout.canonical(from:)`.
  ///   - facts: contains the normalisation of inputs and the label of each class, which are written to the
  ///     metadata.
  /// - Throws: `FileError` naming the path.
  public static func write(
    _ weights: [Float], of model: Model, facts: DataFacts, to path: String
  ) throws {
    let file = SafetensorsFile(
      tensors: ParameterLayout(of: model).tensors.map {
        SafetensorsFile.Tensor(
          name: $0.name, shape: $0.canonicalShape, values: Array(weights[$0.range]))
      },
      metadata: [
        "format": "pt", "model": model.text,
        "input": "(byte / 255 - mean) / deviation",
        "mean": Self.list(facts.normalisations.map(\.mean)),
        "deviation": Self.list(facts.normalisations.map(\.deviation)),
        "image": facts.shape.description,
        "labels": Self.list(facts.classes.values),
      ])
    try SafeFile.replace(path, with: try file.encoded(), content: "weights")
  }

  private static func list(_ values: [some Any]) -> String {
    values.map { "\($0)" }.joined(separator: ",")
  }
}
