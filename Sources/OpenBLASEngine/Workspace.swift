import NeuralNetwork

/// Plain memory of an engine, made once and given back with it.
final class FloatBuffer {
  let data: UnsafeMutablePointer<Float>
  let count: Int

  /// `count` zeros at a cache line's start.
  init(count: Int) {
    self.count = max(count, 16)
    let bytes = self.count * MemoryLayout<Float>.stride
    data = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      .bindMemory(to: Float.self, capacity: self.count)
    data.initialize(repeating: 0, count: self.count)
  }

  deinit { UnsafeMutableRawPointer(data).deallocate() }
}

/// What one batch needs between its layers: outputs, gradients, the choices of pooling layers.
final class Workspace {
  let largestBatch: Int
  /// Inputs of the first layer, then each layer's output.
  ///
  /// A ReLU works in place: it shares the buffer of the layer before it.
  let activations: [FloatBuffer]
  /// Two buffers that backward passes use in turn, each as large as the largest layer.
  let gradients: [FloatBuffer]
  /// For pooling layers which element of its window each output is; else empty.
  let choices: [UnsafeMutableBufferPointer<UInt8>]
  /// Windows of a convolution, one block of rows at a time.
  let columns: FloatBuffer

  init(model: Model, largestBatch: Int, columnElements: Int) {
    self.largestBatch = largestBatch
    var activations = [FloatBuffer(count: largestBatch * model.input.count)]
    var choices: [UnsafeMutableBufferPointer<UInt8>] = []
    for placed in model.layers {
      var choice = 0
      switch placed.layer {
      case .relu: activations.append(activations[activations.count - 1])
      case .maxPool:
        choice = largestBatch * placed.output.count
        fallthrough
      case .convolution, .fullyConnected:
        activations.append(FloatBuffer(count: largestBatch * placed.output.count))
      }
      choices.append(.allocate(capacity: choice))
    }
    self.activations = activations
    self.choices = choices
    let largest = model.layers.map { max($0.input.count, $0.output.count) }.max() ?? 0
    gradients = (0..<2).map { _ in FloatBuffer(count: largestBatch * largest) }
    columns = FloatBuffer(count: columnElements)
  }

  deinit { for choice in choices { choice.deallocate() } }
}
