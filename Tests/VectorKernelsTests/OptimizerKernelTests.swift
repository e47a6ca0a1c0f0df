import NeuralNetwork
import Testing
import VectorKernels

/// The update kernels agree with the textbook formulas in double precision over five steps.
struct OptimizerKernelTests {
  /// From and to every alignment within a cache line; the numbers around the copy stay.
  @Test(arguments: oddSizes) func copyPastTheCaches(count: Int) {
    let values = randomValues(count + 16)
    for offset in 0..<16 {
      var target = [Float](repeating: 7, count: count + 32)
      target.withUnsafeMutableBufferPointer { target in
        values.withUnsafeBufferPointer { values in
          guard let to = target.baseAddress, let from = values.baseAddress else { return }
          vk_copy_uncached(from + 15 - offset, count, to + offset)
        }
      }
      let copied = Array(values[(15 - offset)..<(15 - offset + count)])
      let untouched = [Float](repeating: 7, count: 32 - offset)
      #expect(target == [Float](repeating: 7, count: offset) + copied + untouched)
    }
  }

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
      for index in 0..<count {
        let gradient = Double(gradients[index]) / 64
        m[index] = 0.9 * m[index] + 0.1 * gradient
        v[index] = 0.999 * v[index] + 0.001 * gradient * gradient
        let (mean, square) = (m[index] / (1 - power1), v[index] / (1 - power2))
        exact[index] -= 0.01 * decay * exact[index]
        exact[index] -= 0.01 * mean / (square.squareRoot() + 1e-8)
      }
    }
    for index in 0..<count {
      #expect(abs(Double(parameters[index]) - exact[index]) < 5e-7)
      #expect(abs(Double(means[index]) - m[index]) < 1e-6 * max(abs(m[index]), 1e-2))
      #expect(abs(Double(squares[index]) - v[index]) < 1e-6 * v[index])
    }
  }

  @Test(arguments: oddSizes, [0, 0.01]) func sgd(count: Int, decay: Float) {
    var parameters = randomValues(count)
    var exact = parameters.map { Double($0) }
    for step in 1...5 {
      let gradients = randomValues(count, seed: UInt64(step))
      vk_sgd(&parameters, gradients, count, 0.25, 0.05, decay)
      for index in 0..<count {
        exact[index] -= 0.05 * (Double(gradients[index]) * 0.25 + Double(decay) * exact[index])
      }
    }
    for index in 0..<count { #expect(abs(Double(parameters[index]) - exact[index]) < 5e-7) }
  }

  @Test(arguments: oddSizes, [0, 0.01]) func sgdWithMomentum(count: Int, decay: Float) {
    var parameters = randomValues(count)
    var buffers = [Float](repeating: 0, count: count)
    var exact = parameters.map { Double($0) }
    var momenta = [Double](repeating: 0, count: count)
    for step in 1...5 {
      let gradients = randomValues(count, seed: UInt64(step))
      vk_sgd_momentum(&parameters, &buffers, gradients, count, 0.25, 0.05, decay, 0.9)
      for index in 0..<count {
        let gradient = Double(gradients[index]) * 0.25 + Double(decay) * exact[index]
        momenta[index] = 0.9 * momenta[index] + gradient
        exact[index] -= 0.05 * momenta[index]
      }
    }
    for index in 0..<count {
      #expect(abs(Double(parameters[index]) - exact[index]) < 5e-7)
      #expect(abs(Double(buffers[index]) - momenta[index]) < 2e-6)
    }
  }
}
