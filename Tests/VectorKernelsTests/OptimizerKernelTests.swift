import NeuralNetwork
import Testing
import VectorKernels

/// The update kernels against the textbook formulas in double precision, over five steps.
struct OptimizerKernelTests {
  @Test(arguments: oddSizes, [0, 0.1]) func adam(count: Int, decay: Double) {
    let optimizer = Optimizer(kind: .adam, learningRate: 0.01, weightDecay: decay)
    var parameters = randomValues(count)
    var (means, squares) = (
      [Float](repeating: 0, count: count), [Float](repeating: 0, count: count)
    )
    var exact = parameters.map { Double($0) }
    var (m, v) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    let scale: Float = 1 / 64
    for step in 1...5 {
      let gradients = randomValues(count, seed: UInt64(step)).map { $0 * 10 }
      vk_adam(
        &parameters, &means, &squares, gradients, count, scale,
        Float(1 - optimizer.learningRate * decay), Float(optimizer.adamStepSize(step: step)),
        Float(1 / optimizer.adamSecondCorrection(step: step)), Float(1 - 0.9), 0.999,
        Float(1 - 0.999), 1e-8)
      var (power1, power2) = (1.0, 1.0)
      for _ in 0..<step { (power1, power2) = (power1 * 0.9, power2 * 0.999) }
      for place in 0..<count {
        let gradient = Double(gradients[place]) / 64
        m[place] = 0.9 * m[place] + 0.1 * gradient
        v[place] = 0.999 * v[place] + 0.001 * gradient * gradient
        let (mean, square) = (m[place] / (1 - power1), v[place] / (1 - power2))
        exact[place] -= 0.01 * decay * exact[place]
        exact[place] -= 0.01 * mean / (square.squareRoot() + 1e-8)
      }
    }
    for place in 0..<count {
      #expect(abs(Double(parameters[place]) - exact[place]) < 5e-7)
      #expect(abs(Double(means[place]) - m[place]) < 1e-6 * max(abs(m[place]), 1e-2))
      #expect(abs(Double(squares[place]) - v[place]) < 1e-6 * v[place])
    }
  }

  @Test(arguments: oddSizes, [0, 0.01]) func sgd(count: Int, decay: Float) {
    var parameters = randomValues(count)
    var exact = parameters.map { Double($0) }
    for step in 1...5 {
      let gradients = randomValues(count, seed: UInt64(step))
      vk_sgd(&parameters, gradients, count, 0.25, 0.05, decay)
      for place in 0..<count {
        exact[place] -= 0.05 * (Double(gradients[place]) * 0.25 + Double(decay) * exact[place])
      }
    }
    for place in 0..<count { #expect(abs(Double(parameters[place]) - exact[place]) < 5e-7) }
  }

  @Test(arguments: oddSizes, [0, 0.01]) func sgdWithMomentum(count: Int, decay: Float) {
    var parameters = randomValues(count)
    var buffers = [Float](repeating: 0, count: count)
    var exact = parameters.map { Double($0) }
    var momenta = [Double](repeating: 0, count: count)
    for step in 1...5 {
      let gradients = randomValues(count, seed: UInt64(step))
      vk_sgd_momentum(&parameters, &buffers, gradients, count, 0.25, 0.05, decay, 0.9)
      for place in 0..<count {
        let gradient = Double(gradients[place]) * 0.25 + Double(decay) * exact[place]
        momenta[place] = 0.9 * momenta[place] + gradient
        exact[place] -= 0.05 * momenta[place]
      }
    }
    for place in 0..<count {
      #expect(abs(Double(parameters[place]) - exact[place]) < 5e-7)
      #expect(abs(Double(buffers[place]) - momenta[place]) < 2e-6)
    }
  }
}
