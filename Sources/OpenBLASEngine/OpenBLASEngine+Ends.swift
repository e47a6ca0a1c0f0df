import NeuralNetwork
internal import VectorKernels

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

  /// Turns the last outputs into the gradient of the summed loss; returns that sum and the hits.
  ///
  /// Stable: the largest output is taken off before the exponential.
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
}
