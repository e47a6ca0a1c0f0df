import NeuralNetwork
import VectorKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension OpenBLASEngine {
  /// Bytes to normalised floats: the input of the first layer.
  func load(_ indices: UnsafeBufferPointer<Int32>, of samples: Samples, into workspace: Workspace) {
    vk_gather_normalised(
      samples.images.baseAddress, indices.baseAddress, indices.count, model.input.count,
      Float(1 / (255 * samples.deviation)), Float(-samples.mean / samples.deviation),
      workspace.activations[0].data)
  }

  /// All layers; the outputs stay in the workspace.
  func forward(count: Int, _ workspace: Workspace) {
    guard let parameters = attached.buffers.parameters.baseAddress else { return }
    for (place, placed) in model.layers.enumerated() {
      let source = workspace.activations[place].data
      let result = workspace.activations[place + 1].data
      let weights = parameters + weightRanges[place].lowerBound
      switch placed.layer {
      case .relu:
        // Mostly joined with the bias of the layer before it.
        if place == 0 || model.layers[place - 1].name == nil {
          vk_relu(result, count * placed.output.count)
        }
        continue
      case .maxPool(let size):
        for image in 0..<count {
          vk_max_pool(
            source + image * placed.input.count, placed.input.height, placed.input.width,
            placed.input.channels, size, result + image * placed.output.count,
            workspace.choices[place].baseAddress.map { $0 + image * placed.output.count })
        }
        continue
      case .convolution:
        convolutions[place]?.forward(
          images: source, count: count, weights: weights, result: result,
          columns: workspace.columns.data)
      case .fullyConnected(let outputs):
        multiply(
          Matrix(source, rows: count, columns: placed.input.count),
          Matrix(weights, rows: outputs, columns: placed.input.count).transposed,
          into: Matrix(result, rows: count, columns: outputs))
      }
      let channels = placed.output.channels
      vk_add_bias(
        result, parameters + biasRanges[place].lowerBound,
        count * placed.output.count / channels, channels, isFollowedByReLU(place) ? 1 : 0)
    }
  }

  /// Turns the last outputs into the gradient of the summed loss; returns that sum and the hits.
  ///
  /// Stable: the largest output is taken off before the exponential.
  func softmaxCrossEntropy(
    indices: UnsafeBufferPointer<Int32>, labels: UnsafeBufferPointer<UInt8>, _ workspace: Workspace
  ) -> (sum: Double, correct: Int) {
    let classes = model.classes
    let outputs = workspace.activations[model.layers.count].data
    let gradients = workspace.gradients[0].data
    var sum = 0.0
    var correct = 0
    for (row, index) in indices.enumerated() {
      let values = outputs + row * classes
      let gradient = gradients + row * classes
      let label = Int(labels[Int(index)])
      var best = 0
      for place in 1..<max(classes, 1) where values[place] > values[best] { best = place }
      let largest = values[best]
      var total: Float = 0
      for place in 0..<classes {
        gradient[place] = expf(values[place] - largest)
        total += gradient[place]
      }
      for place in 0..<classes { gradient[place] /= total }
      gradient[label] -= 1
      sum += Double(logf(total) + largest - values[label])
      correct += best == label ? 1 : 0
    }
    return (sum, correct)
  }

  /// All layers backwards; each layer's gradients are announced as soon as they are final.
  func backward(
    count: Int, _ workspace: Workspace, into target: UnsafeMutablePointer<Float>,
    onReady: (Range<Int>) -> Void
  ) {
    guard let parameters = attached.buffers.parameters.baseAddress else { return }
    var current = 0
    for place in model.layers.indices.reversed() {
      let placed = model.layers[place]
      let gradient = workspace.gradients[current].data
      let inputGradient = workspace.gradients[1 - current].data
      let source = workspace.activations[place].data
      let weights = parameters + weightRanges[place].lowerBound
      let weightGradient = target + weightRanges[place].lowerBound
      let isFirst = place == 0
      switch placed.layer {
      case .relu:
        vk_relu_gradient(
          gradient, workspace.activations[place + 1].data, count * placed.output.count)
        continue
      case .maxPool(let size):
        for image in 0..<count {
          vk_max_pool_gradient(
            gradient + image * placed.output.count,
            workspace.choices[place].baseAddress.map { $0 + image * placed.output.count },
            placed.input.height, placed.input.width, placed.input.channels, size,
            inputGradient + image * placed.input.count)
        }
      case .convolution:
        convolutions[place]?.backward(
          images: source, count: count, weights: weights, gradient: gradient,
          weightGradient: weightGradient, imageGradient: isFirst ? nil : inputGradient,
          columns: workspace.columns.data)
      case .fullyConnected(let outputs):
        let outputGradient = Matrix(gradient, rows: count, columns: outputs)
        multiply(
          outputGradient.transposed, Matrix(source, rows: count, columns: placed.input.count),
          into: Matrix(weightGradient, rows: outputs, columns: placed.input.count))
        if !isFirst {
          multiply(
            outputGradient, Matrix(weights, rows: outputs, columns: placed.input.count),
            into: Matrix(inputGradient, rows: count, columns: placed.input.count))
        }
      }
      if !biasRanges[place].isEmpty {
        let channels = placed.output.channels
        vk_sum_rows(
          gradient, count * placed.output.count / channels, channels,
          target + biasRanges[place].lowerBound)
        onReady(weightRanges[place].lowerBound..<biasRanges[place].upperBound)
      }
      current = 1 - current
    }
  }

  private func isFollowedByReLU(_ place: Int) -> Bool {
    place + 1 < model.layers.count && model.layers[place + 1].layer == .relu
  }
}
