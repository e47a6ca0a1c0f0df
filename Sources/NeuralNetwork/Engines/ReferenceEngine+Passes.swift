#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The results of one sample's forward pass that the backward pass needs.
struct ReferencePass {
  /// The input of each layer, then the output of the last layer; each `[height, width, channels]`.
  var activations: [[Double]]
  var label: Int
  var probabilities: [Double]
  var loss: Double
  var isCorrect: Bool
}

extension ReferenceEngine {
  /// Computes the forward pass of one sample, from its bytes to its loss (softmax cross-entropy).
  func forward(sample: Int, of samples: Samples) -> ReferencePass {
    let size = model.input.count
    var activations = [
      (0..<size).map {
        let channel = $0 % samples.channels
        return (Double(samples.images[sample * size + $0]) / 255 - samples.means[channel])
          / samples.deviations[channel]
      }
    ]
    for placed in model.layers {
      activations.append(apply(placed, to: activations[activations.count - 1]))
    }
    let outputs = activations[activations.count - 1]
    let largest = outputs.max() ?? 0
    let sum = outputs.reduce(0) { $0 + exp($1 - largest) }
    let label = Int(samples.labels[sample])
    return ReferencePass(
      activations: activations, label: label,
      probabilities: outputs.map { exp($0 - largest) / sum },
      loss: log(sum) + largest - outputs[label],
      isCorrect: outputs.firstIndex(of: largest) == label)
  }

  /// Adds one sample's gradients to `sums`.
  func backward(_ pass: ReferencePass, into sums: inout [Double]) {
    var gradient = pass.probabilities
    gradient[pass.label] -= 1
    for (index, placed) in model.layers.enumerated().reversed() {
      gradient = differentiate(
        placed, input: pass.activations[index], gradient: gradient, into: &sums)
    }
  }

  /// Output of one layer for one sample.
  private func apply(_ placed: PlacedLayer, to input: [Double]) -> [Double] {
    let (from, to) = (placed.input, placed.output)
    switch placed.layer {
    case .relu: return input.map { max($0, 0) }
    case .maxPool(let size):
      return Self.windowMaxima(of: input, from: from, to: to, size: size).map { input[$0] }
    case .fullyConnected(let outputs):
      let (weights, biases) = (parameters(of: placed, "weight").1, parameters(of: placed, "bias").1)
      return (0..<outputs).map { output in
        (0..<from.count).reduce(Double(biases[output])) {
          $0 + Double(weights[output * from.count + $1]) * input[$1]
        }
      }
    case .convolution(let kernel, let outputs):
      let (weights, biases) = (parameters(of: placed, "weight").1, parameters(of: placed, "bias").1)
      var result = [Double](repeating: 0, count: to.count)
      for pixel in 0..<(to.height * to.width) {
        for output in 0..<outputs { result[pixel * outputs + output] = Double(biases[output]) }
      }
      Self.forEachTap(kernel: kernel, from: from, to: to) { source, tap, target in
        for output in 0..<outputs {
          result[target * outputs + output] +=
            input[source] * Double(weights[tap * outputs + output])
        }
      }
      return result
    }
  }

  /// Gradient of one layer's input for one sample; adds the gradients of its parameters to `sums`.
  private func differentiate(
    _ placed: PlacedLayer, input: [Double], gradient: [Double], into sums: inout [Double]
  ) -> [Double] {
    let (from, to) = (placed.input, placed.output)
    var result = [Double](repeating: 0, count: from.count)
    switch placed.layer {
    case .relu:
      for index in 0..<from.count where input[index] > 0 { result[index] = gradient[index] }
    case .maxPool(let size):
      let sources = Self.windowMaxima(of: input, from: from, to: to, size: size)
      for (target, source) in sources.enumerated() { result[source] += gradient[target] }
    case .fullyConnected(let outputs):
      let (weightRange, weights) = parameters(of: placed, "weight")
      let biasRange = parameters(of: placed, "bias").0
      for output in 0..<outputs {
        sums[biasRange.lowerBound + output] += gradient[output]
        for source in 0..<from.count {
          let weight = output * from.count + source
          sums[weightRange.lowerBound + weight] += gradient[output] * input[source]
          result[source] += gradient[output] * Double(weights[weight])
        }
      }
    case .convolution(let kernel, let outputs):
      let (weightRange, weights) = parameters(of: placed, "weight")
      let biasRange = parameters(of: placed, "bias").0
      for pixel in 0..<(to.height * to.width) {
        for output in 0..<outputs {
          sums[biasRange.lowerBound + output] += gradient[pixel * outputs + output]
        }
      }
      Self.forEachTap(kernel: kernel, from: from, to: to) { source, tap, target in
        for output in 0..<outputs {
          let change = gradient[target * outputs + output]
          sums[weightRange.lowerBound + tap * outputs + output] += change * input[source]
          result[source] += change * Double(weights[tap * outputs + output])
        }
      }
    }
    return result
  }

  /// Calls `body` for each product: its input element, row of the weight matrix and output pixel.
  private static func forEachTap(
    kernel: Int, from: Shape, to: Shape, _ body: (_ source: Int, _ tap: Int, _ target: Int) -> Void
  ) {
    for row in 0..<to.height {
      for column in 0..<to.width {
        for kernelRow in 0..<kernel {
          for kernelColumn in 0..<kernel {
            let pixel = (row + kernelRow) * from.width + column + kernelColumn
            let tap = kernelRow * kernel + kernelColumn
            for channel in 0..<from.channels {
              body(
                pixel * from.channels + channel, tap * from.channels + channel,
                row * to.width + column)
            }
          }
        }
      }
    }
  }

  /// For each output element of a pooling, the index of the input element that is the maximum.
  ///
  /// Of equal values the first one counts.
  private static func windowMaxima(
    of input: [Double], from: Shape, to: Shape, size: Int
  ) -> [Int] {
    (0..<to.count).map { target in
      let channel = target % to.channels
      let (row, column) = (target / to.channels / to.width, target / to.channels % to.width)
      var best = -1
      for index in 0..<(size * size) {
        let pixel = (row * size + index / size) * from.width + column * size + index % size
        let source = pixel * from.channels + channel
        if best < 0 || input[source] > input[best] { best = source }
      }
      return best
    }
  }
}
