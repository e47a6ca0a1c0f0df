import Dataset
import ImageFiles
import NeuralNetwork
import OpenBLASEngine
import Predictions
import SavedModels

/// A saved model in an engine.
struct Predictor {
  let saved: SavedModel
  private let threads: Int

  /// A predictor with the weights of `saved`.
  init(_ saved: SavedModel, threads: Int) {
    self.saved = saved
    self.threads = threads
  }

  /// Predicts the test images of a data set, which must have the size and the labels of the model.
  func report(on reader: DataReader, weights: String) throws -> EvaluationReport {
    let shape = reader.shape
    let input = saved.model.input
    guard
      [shape.height, shape.width, shape.channels] == [input.height, input.width, input.channels]
    else {
      throw DatasetError(
        path: reader.name,
        problem: "has images of \(shape); the weights \(weights) are for "
          + "\(ImageShape(height: input.height, width: input.width, channels: input.channels))")
    }
    let test = try reader.readTestSet()
    let classes = try test.labels.map { number -> Int in
      let label = reader.classes.values[Int(number)]
      guard let index = saved.labels.firstIndex(of: label) else {
        throw DatasetError(
          path: reader.name,
          problem: "has the label \(label), which the weights \(weights) do not know")
      }
      return index
    }
    return EvaluationReport(
      weights: weights, data: reader.name, labels: saved.labels, classes: classes,
      predictions: predictions(for: test.images, count: test.count))
  }

  /// Predicts a picture.
  func row(of file: String, _ inversion: Inversion) throws -> PictureReport.Row {
    let input = saved.model.input
    let picture = try PictureFile.read(file, height: input.height, width: input.width)
    guard var pixels = picture.pixels(channels: input.channels) else {
      throw DatasetError(
        path: file, problem: "a model of \(input.channels) channels has no use for image files")
    }
    let isInverted = inversion.applies(
      to: pixels, height: input.height, width: input.width, means: saved.means)
    if isInverted { pixels = pixels.map { 255 - $0 } }
    return PictureReport.Row(
      file: file, isInverted: isInverted, prediction: predictions(for: pixels, count: 1)[0])
  }

  private func predictions(for images: [UInt8], count: Int) -> [Prediction] {
    let model = saved.model
    let layout = ParameterLayout(of: model)
    let parameters = UnsafeMutableBufferPointer<Float>.allocate(capacity: layout.count)
    defer { parameters.deallocate() }
    layout.store(canonical: saved.weights, into: parameters)
    let labels = [UInt8](repeating: 0, count: count)
    let outputs = images.withUnsafeBufferPointer { images in
      labels.withUnsafeBufferPointer { labels in
        let samples = Samples(
          images: images, labels: labels, height: model.input.height, width: model.input.width,
          means: saved.means, deviations: saved.deviations)
        // Only the forward pass is used, so there is no state of an optimizer.
        let engine = OpenBLASEngine(
          model: model, optimizer: Optimizer(kind: .sgd), threads: threads)
        let state = UnsafeMutableBufferPointer<Float>(start: nil, count: 0)
        engine.attach(
          samples: samples,
          buffers: ModelBuffers(
            parameters: parameters, optimizerState: state, stateRange: 0..<0),
          largestBatch: 1)
        return engine.outputs(of: samples)
      }
    }
    return stride(from: 0, to: outputs.count, by: model.classes).map {
      Prediction(outputs: outputs[$0..<($0 + model.classes)])
    }
  }
}
