import NeuralNetwork
internal import VectorKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The two ends of a pass: loading the inputs, and the loss with its gradient.
extension OpenBLASEngine {
  /// Converts bytes to normalised floats, the input of the first layer.
  func load(_ indices: UnsafeBufferPointer<Int32>, of samples: Samples, into workspace: Workspace) {
    let period = Int(VK_PERIOD)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * period) { constants in
      for index in 0..<period {
        let channel = samples.normalisation(ofChannel: index % samples.channels)
        constants[index] = channel.scale
        constants[period + index] = channel.shift
      }
      guard let scales = constants.baseAddress else { return }
      vk_gather_normalised(
        samples.images.baseAddress, indices.baseAddress, indices.count, model.input.count, scales,
        scales + period, workspace.activations[0].data)
    }
  }

  /// Computes the gradient of the summed loss with respect to the last outputs.
  ///
  /// Numerically stable: the largest output is subtracted before the exponential.
  /// - Returns: the sum of the losses and the number of correct predictions.
  func softmaxCrossEntropy(
    indices: UnsafeBufferPointer<Int32>, labels: UnsafeBufferPointer<UInt8>, _ workspace: Workspace
  ) -> (sum: Double, correct: Int) {
    let classes = model.classes
    let outputs = workspace.activations[plan.stages.count].data
    let gradients = workspace.gradients[plan.stages.count].data
    var sum = 0.0
    var correct = 0
    for (row, index) in indices.enumerated() {
      let values = outputs + row * classes
      let gradient = gradients + row * classes
      let label = Int(labels[Int(index)])
      var best = 0
      for output in 1..<max(classes, 1) where values[output] > values[best] { best = output }
      let largest = values[best]
      var total: Float = 0
      for output in 0..<classes {
        gradient[output] = expf(values[output] - largest)
        total += gradient[output]
      }
      for output in 0..<classes { gradient[output] /= total }
      gradient[label] -= 1
      sum += Double(logf(total) + largest - values[label])
      correct += best == label ? 1 : 0
    }
    return (sum, correct)
  }
}
