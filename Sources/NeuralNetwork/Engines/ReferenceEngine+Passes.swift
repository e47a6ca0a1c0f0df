#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Everything that one sample's forward pass leaves for the backward pass.
struct ReferencePass {
  /// The input of each layer, then the output of the last; each `[height, width, channels]`.
  var activations: [[Double]]
  var label: Int
  var probabilities: [Double]
  var loss: Double
  var isCorrect: Bool
}

extension ReferenceEngine {
  /// One sample from its bytes to its loss (cross-entropy of the softmax).
  func forward(sample: Int, of samples: Samples) -> ReferencePass {
    let size = model.input.count
    var activations = [
      (0..<size).map {
        (Double(samples.images[sample * size + $0]) / 255 - samples.mean) / samples.deviation
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
    for (place, placed) in model.layers.enumerated().reversed() {
      gradient = differentiate(
        placed, input: pass.activations[place], gradient: gradient, into: &sums)
    }
  }

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
      for place in 0..<(to.height * to.width) {
        for output in 0..<outputs { result[place * outputs + output] = Double(biases[output]) }
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

  private func differentiate(
    _ placed: PlacedLayer, input: [Double], gradient: [Double], into sums: inout [Double]
  ) -> [Double] {
    let (from, to) = (placed.input, placed.output)
    var result = [Double](repeating: 0, count: from.count)
    switch placed.layer {
    case .relu:
      for place in 0..<from.count where input[place] > 0 { result[place] = gradient[place] }
    case .maxPool(let size):
      let sources = Self.windowMaxima(of: input, from: from, to: to, size: size)
      for (target, source) in sources.enumerated() { result[source] += gradient[target] }
    case .fullyConnected(let outputs):
      let (weightRange, weights) = parameters(of: placed, "weight")
      let biasRange = parameters(of: placed, "bias").0
      for output in 0..<outputs {
        sums[biasRange.lowerBound + output] += gradient[output]
        for source in 0..<from.count {
          let place = output * from.count + source
          sums[weightRange.lowerBound + place] += gradient[output] * input[source]
          result[source] += gradient[output] * Double(weights[place])
        }
      }
    case .convolution(let kernel, let outputs):
      let (weightRange, weights) = parameters(of: placed, "weight")
      let biasRange = parameters(of: placed, "bias").0
      for place in 0..<(to.height * to.width) {
        for output in 0..<outputs {
          sums[biasRange.lowerBound + output] += gradient[place * outputs + output]
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

  /// Calls `body` with (input element, row of the weight matrix, output pixel) for every product.
  private static func forEachTap(
    kernel: Int, from: Shape, to: Shape, _ body: (_ source: Int, _ tap: Int, _ target: Int) -> Void
  ) {
    for row in 0..<to.height {
      for column in 0..<to.width {
        for kernelRow in 0..<kernel {
          for kernelColumn in 0..<kernel {
            let pixel = (row + kernelRow) * from.width + column + kernelColumn
            let place = kernelRow * kernel + kernelColumn
            for channel in 0..<from.channels {
              body(
                pixel * from.channels + channel, place * from.channels + channel,
                row * to.width + column)
            }
          }
        }
      }
    }
  }

  /// For every output element the input element that is its window's maximum, the first of equals.
  private static func windowMaxima(
    of input: [Double], from: Shape, to: Shape, size: Int
  ) -> [Int] {
    (0..<to.count).map { target in
      let channel = target % to.channels
      let (row, column) = (target / to.channels / to.width, target / to.channels % to.width)
      var best = -1
      for place in 0..<(size * size) {
        let pixel = (row * size + place / size) * from.width + column * size + place % size
        let source = pixel * from.channels + channel
        if best < 0 || input[source] > input[best] { best = source }
      }
      return best
    }
  }
}
