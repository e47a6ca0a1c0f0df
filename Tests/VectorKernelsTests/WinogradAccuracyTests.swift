import TestSupport
import Testing
import VectorKernels

/// Winograd's convolution in single precision agrees with direct convolution in double precision.
///
/// The kernels are called in the order in which the engine calls them.
struct WinogradAccuracyTests {
  /// The sizes of a convolution of `images` images; all inputs are random.
  struct Example: Sendable, CustomStringConvertible {
    let rows: Int
    let columns: Int
    let inputs: Int
    let outputs: Int
    let images: Int
    var description: String { "\(images) x \(rows)x\(columns), \(inputs) -> \(outputs)" }
  }

  /// The shape of the second convolution of `cnn`, then 15 random shapes.
  ///
  /// Images have 5 to 40 pixels a side, 1 to 67 channels, and batches of 1 to 9.
  static let examples: [Example] = {
    var generator = SmallGenerator(state: 11)
    func draw(_ range: ClosedRange<Int>) -> Int {
      range.lowerBound + Int(generator.byte()) % range.count
    }
    return [Example(rows: 26, columns: 26, inputs: 32, outputs: 64, images: 2)]
      + (0..<15).map { _ in
        Example(
          rows: draw(5...40), columns: draw(5...40), inputs: draw(1...67), outputs: draw(1...67),
          images: draw(1...9))
      }
  }()

  /// The bounds are those in the README of VectorKernels.
  @Test(arguments: examples) func agreesWithDirectConvolution(_ example: Example) {
    let winograd = WinogradChain(example)
    let direct = DirectTwin(example, winograd)
    #expect(largestError(winograd.output, direct.output) < 1e-5)
    #expect(largestError(winograd.inputGradient, direct.inputGradient) < 1e-5)
    #expect(largestError(winograd.weightGradient, direct.weightGradient) < 2e-5)
  }
}

/// Forward pass and both gradients, computed with the kernels.
private struct WinogradChain {
  let image: [Float]
  let weights: [Float]
  let outputGradient: [Float]
  var output: [Float]
  var inputGradient: [Float]
  var weightGradient: [Float]

  init(_ example: WinogradAccuracyTests.Example) {
    let (inputs, outputs) = (example.inputs, example.outputs)
    var shape = vk_winograd_shape(
      input_rows: example.rows, input_columns: example.columns, inputs: inputs,
      output_rows: example.rows - 2, output_columns: example.columns - 2, outputs: outputs)
    let tiles = WinogradTwin.tiles(shape).count
    let (inputSize, outputSize) = (
      example.rows * example.columns * inputs, shape.output_rows * shape.output_columns * outputs
    )
    image = randomValues(example.images * inputSize)
    weights = randomValues(9 * inputs * outputs, seed: 2)
    outputGradient = randomValues(example.images * outputSize, seed: 3)
    output = [Float](repeating: 0, count: outputGradient.count)
    inputGradient = [Float](repeating: 0, count: image.count)
    weightGradient = [Float](repeating: 0, count: weights.count)

    let bias = [Float](repeating: 0, count: outputs)
    var biasGradient = bias
    var u = [Float](repeating: 0, count: 36 * inputs * outputs)
    vk_winograd_weights(weights, inputs * outputs, &u)
    var uGradient = [Float](repeating: 0, count: u.count)
    let (inputPlane, outputPlane) = (tiles * inputs, tiles * outputs)
    var v = [Float](repeating: 0, count: 36 * inputPlane)
    var m = [Float](repeating: 0, count: 36 * outputPlane)
    for number in 0..<example.images {
      vk_winograd_input(&shape, Array(image[(number * inputSize)...]), inputPlane, &v)
      for position in 0..<36 {
        for tile in 0..<tiles {
          for o in 0..<outputs {
            var sum: Float = 0
            for i in 0..<inputs {
              let factor = u[(position * inputs + i) * outputs + o]
              sum += v[position * inputPlane + tile * inputs + i] * factor
            }
            m[position * outputPlane + tile * outputs + o] = sum
          }
        }
      }
      output.withUnsafeMutableBufferPointer {
        guard let base = $0.baseAddress else { return }
        vk_winograd_output(&shape, m, outputPlane, bias, 0, base + number * outputSize)
      }
      vk_winograd_gradient(
        &shape, Array(outputGradient[(number * outputSize)...]), nil, outputPlane, &m,
        &biasGradient)
      var vGradient = [Float](repeating: 0, count: v.count)
      for position in 0..<36 {
        for tile in 0..<tiles {
          for i in 0..<inputs {
            var sum: Float = 0
            for o in 0..<outputs {
              let (gradient, factor) = (
                m[position * outputPlane + tile * outputs + o],
                (position * inputs + i) * outputs + o
              )
              sum += gradient * u[factor]
              uGradient[factor] += v[position * inputPlane + tile * inputs + i] * gradient
            }
            vGradient[position * inputPlane + tile * inputs + i] = sum
          }
        }
      }
      inputGradient.withUnsafeMutableBufferPointer {
        guard let base = $0.baseAddress else { return }
        vk_winograd_input_adjoint(&shape, vGradient, inputPlane, base + number * inputSize)
      }
    }
    vk_winograd_weights_adjoint(uGradient, inputs * outputs, &weightGradient)
  }
}

/// The same results by the definition of a convolution, in double precision.
private struct DirectTwin {
  var output: [Double]
  var inputGradient: [Double]
  var weightGradient: [Double]

  init(_ example: WinogradAccuracyTests.Example, _ numbers: WinogradChain) {
    let (inputs, outputs) = (example.inputs, example.outputs)
    let (rows, columns) = (example.rows - 2, example.columns - 2)
    var output = [Double](repeating: 0, count: numbers.output.count)
    var inputGradient = [Double](repeating: 0, count: numbers.image.count)
    var weightGradient = [Double](repeating: 0, count: numbers.weights.count)
    let image = numbers.image.map(Double.init)
    let weights = numbers.weights.map(Double.init)
    let gradient = numbers.outputGradient.map(Double.init)
    for number in 0..<example.images {
      for y in 0..<rows {
        for x in 0..<columns {
          let target = ((number * rows + y) * columns + x) * outputs
          for tap in 0..<9 {
            let source =
              ((number * example.rows + y + tap / 3) * example.columns + x + tap % 3) * inputs
            for i in 0..<inputs {
              let weight = (tap * inputs + i) * outputs
              var sum = 0.0
              for o in 0..<outputs {
                output[target + o] += image[source + i] * weights[weight + o]
                sum += gradient[target + o] * weights[weight + o]
                weightGradient[weight + o] += image[source + i] * gradient[target + o]
              }
              inputGradient[source + i] += sum
            }
          }
        }
      }
    }
    self.output = output
    self.inputGradient = inputGradient
    self.weightGradient = weightGradient
  }
}
